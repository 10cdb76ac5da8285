/** Lines that nobody waits for: gathered and written together, so that a prediction does not pay for a write of its own. */

/** Long enough to gather the lines of many predictions, short enough that a scrape of the metrics is never stale. */
const FLUSH_AFTER_MS = 100;
/** Bytes a pipe takes in one write without making the writer wait (Linux). */
const FLUSH_ABOVE_CHARACTERS = 32 * 1024;

export interface LineBuffer {
  add(line: string): void;
  /** A line that takes the place of the last one of its name, if that was not written yet. Made when it is written. */
  replace(name: string, line: () => string): void;
  flush(): void;
}

export function createLineBuffer(write: (text: string) => void): LineBuffer {
  let held = '';
  const replaceable = new Map<string, () => string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const line of replaceable.values()) held += `${line()}\n`;
    replaceable.clear();
    if (held === '') return;
    write(held);
    held = '';
  };
  const wait = () => {
    timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };
  return {
    flush,
    replace(name, line) {
      replaceable.set(name, line);
      wait();
    },
    add(line) {
      held += `${line}\n`;
      if (held.length > FLUSH_ABOVE_CHARACTERS) flush();
      else wait();
    },
  };
}
