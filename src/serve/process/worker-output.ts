/** Lines kept of a worker's output: enough for a Python traceback or a Node stack with its cause. */
const KEPT_LINES = 20;
/** Characters kept of one line; a handler that prints tensors without line breaks must not fill our memory. */
const LINE_LENGTH = 2_000;

/** Cuts a byte stream into lines, holding at most one shortened line back. */
export function createLineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const text = new TextDecoder();
  let held = '';
  let dropped = 0;
  const emit = () => {
    const line = held.endsWith('\r') ? held.slice(0, -1) : held;
    onLine(dropped > 0 ? `${line}… (${dropped} more characters)` : line);
    held = '';
    dropped = 0;
  };
  const hold = (piece: string) => {
    const room = LINE_LENGTH - held.length;
    held += piece.slice(0, Math.max(0, room));
    dropped += Math.max(0, piece.length - room);
  };
  return {
    push(chunk) {
      const [first = '', ...rest] = text.decode(chunk, { stream: true }).split('\n');
      hold(first);
      for (const piece of rest) {
        emit();
        hold(piece);
      }
    },
    end() {
      if (held !== '') emit();
    },
  };
}

/** The last lines a worker wrote, for the error that its death becomes. */
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

/** A measurement for the supervisor (contract 5.5). */
export function isMetricLine(line: string): boolean {
  return /^(INFO > )?\[METRICS\]/.test(line);
}

const PROTOCOL_LINE = new RegExp(
  '^(INFO > )?(s_name_part0=|Listening on |\\[PID\\]\\d|Torch worker started\\.|(Node|Python) runtime: |Frontend disconnected|' +
    // TorchServe's worker, when it loads a model and with every batch.
    'Successfully loaded .*metrics|Connection accepted: |model_name: .*, batchSize: \\d+$|Backend received inference at: )',
);

/** Lines every worker prints while it starts; they tell a user nothing. */
export function isProtocolLine(line: string): boolean {
  return PROTOCOL_LINE.test(line);
}
