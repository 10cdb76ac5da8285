/** Buffers output lines and writes them together, so that a prediction does not pay for a write of its own. */

/** Covers many predictions, and keeps scraped metrics fresh. */
const FLUSH_AFTER_MS = 100;
/** A pipe takes this much in one write without blocking (Linux). */
const FLUSH_ABOVE_CHARACTERS = 32 * 1024;

export interface LineBuffer {
  add(line: string): void;
  /** Replaces the buffered line of this name. `line` is called when it is written. */
  replace(name: string, line: () => string): void;
  flush(): void;
}

/** With `keepsEach` nothing is replaced. */
export function createLineBuffer(write: (text: string) => void, keepsEach = false): LineBuffer {
  let buffered = '';
  const replaceable = new Map<string, () => string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const line of replaceable.values()) buffered += `${line()}\n`;
    replaceable.clear();
    if (buffered === '') return;
    write(buffered);
    buffered = '';
  };
  const scheduleFlush = () => {
    timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };
  const add = (line: string) => {
    buffered += `${line}\n`;
    if (buffered.length > FLUSH_ABOVE_CHARACTERS) flush();
    else scheduleFlush();
  };
  return {
    flush,
    add,
    replace(name, line) {
      if (keepsEach) return add(line());
      replaceable.set(name, line);
      scheduleFlush();
    },
  };
}
