/** Lines kept of a worker's output: enough for a Python traceback or a Node stack with its cause. */
const KEPT_LINES = 20;
/** Characters kept of one line: a handler may print a tensor without a line break. */
const LINE_LENGTH = 2_000;

export type OutputStream = 'stdout' | 'stderr';

/** A line that a worker of a model printed. */
export interface WorkerLine {
  readonly model: string;
  readonly version: string;
  /** Id of the worker. */
  readonly worker: string;
  readonly stream: OutputStream;
  readonly text: string;
}

/** Splits a byte stream into lines; buffers at most one shortened line. */
export function createLineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const text = new TextDecoder();
  let buffered = '';
  let dropped = 0;
  const emit = () => {
    const line = buffered.endsWith('\r') ? buffered.slice(0, -1) : buffered;
    onLine(dropped > 0 ? `${line}… (${dropped} more characters)` : line);
    buffered = '';
    dropped = 0;
  };
  const buffer = (piece: string) => {
    const room = LINE_LENGTH - buffered.length;
    buffered += piece.slice(0, Math.max(0, room));
    dropped += Math.max(0, piece.length - room);
  };
  return {
    push(chunk) {
      const [first = '', ...rest] = text.decode(chunk, { stream: true }).split('\n');
      buffer(first);
      for (const piece of rest) {
        emit();
        buffer(piece);
      }
    },
    end() {
      if (buffered !== '') emit();
    },
  };
}

/** The last lines of a worker's output, for describe and the log. */
export function createOutputTail(): { add(line: string): void; lines(): readonly string[] } {
  const kept: string[] = [];
  return {
    add(line) {
      if (line.trim() === '') return;
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
    },
    lines: () => [...kept],
  };
}

/** A metric line (contract 5.5). */
export function isMetricLine(line: string): boolean {
  return /^(INFO > )?\[METRICS\]/.test(line);
}

const PROTOCOL_LINE = new RegExp(
  '^(INFO > )?(s_name_part0=|Listening on |\\[PID\\]\\d|Torch worker started\\.|(Node|Python) runtime: |Frontend disconnected|' +
    // Of TorchServe's worker, at every load and batch.
    'Successfully loaded .*metrics|Connection accepted: |model_name: .*, batchSize: \\d+$|Backend received inference at: )',
);

/** Lines of the worker protocol that mean nothing to a user. */
export function isProtocolLine(line: string): boolean {
  return PROTOCOL_LINE.test(line);
}
