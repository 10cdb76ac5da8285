/** TorchServe's two layouts of a log line: `%d{ISO8601} - %m` for requests and metrics, with level, thread and logger for the rest. */

export type LogLevel = 'INFO' | 'WARN' | 'ERROR';

export interface LogRecord {
  readonly level: LogLevel;
  readonly thread: string;
  readonly logger: string;
  readonly message: string;
}

export function formatBare(now: Date, message: string): string {
  return `${formatTime(now)} - ${message}`;
}

export function formatRecord(now: Date, { level, thread, logger, message }: LogRecord): string {
  return `${formatTime(now)} [${level.padEnd(5)}] ${thread} ${logger} - ${message}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `28-Nov`, of the local day. */
export function formatDay(date: Date): string {
  return `${pad(date.getDate())}-${MONTHS[date.getMonth()]}`;
}

/** Local time, as log4j's ISO8601 has it: a comma before the milliseconds, and no zone. */
function formatTime(date: Date): string {
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return `${day}T${time},${pad(date.getMilliseconds(), 3)}`;
}

function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, '0');
}
