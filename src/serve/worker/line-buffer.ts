/** Lines that nobody waits for: gathered and written together, so that a prediction does not pay for a write of its own. */

/** Long enough to gather the lines of many predictions, short enough that a scrape of the metrics is never stale. */
const FLUSH_AFTER_MS = 100;
/** Bytes a pipe takes in one write without making the writer wait (Linux). */
const FLUSH_ABOVE_CHARACTERS = 32 * 1024;

export interface LineBuffer {
  add(line: string): void;
  flush(): void;
}

export function createLineBuffer(write: (text: string) => void): LineBuffer {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (held === '') return;
    write(held);
    held = '';
  };
  return {
    flush,
    add(line) {
      held += `${line}\n`;
      if (held.length > FLUSH_ABOVE_CHARACTERS) flush();
      else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
    },
  };
}
