import { basename } from 'node:path';

/** Finds the root exception in the output of a Python worker; the last line of a traceback can mislead. */
export interface TracebackReader {
  push(line: string): void;
  /** `Type: message (file, line)` of the last exception; undefined when there was none. */
  readonly cause: string | undefined;
}

/** Separates the tracebacks of a chain. */
const CHAINED = /^(During handling of the above exception|The above exception was the direct cause)/;
const FRAME = /^ +File "([^"<][^"]*)", line (\d+)/;
const EXCEPTION = /^[A-Za-z_][\w.]*(: .*)?$/;

/**
 * Exceptions that TorchServe's worker raises because of an earlier one: a handler that cannot be imported is looked up among
 * its built-in ones, and a failed load is raised again without its reason.
 */
const FOLLOW_UP =
  /^(ModuleNotFoundError: No module named 'ts\.torch_handler\.|RuntimeError: 5\d\d - (Unknown exception|System out of memory)$)/;

/** Logged by TorchServe's worker with every request: it survived any earlier exception. */
const NEXT_REQUEST = /^Backend received inference at: /;

export function createTracebackReader(): TracebackReader {
  let cause: string | undefined;
  let inside = false;
  let location = '';
  let isChained = false;

  const conclude = (exception: string) => {
    inside = false;
    // After its cause a follow-up adds nothing; alone it is all there is.
    if (FOLLOW_UP.test(exception) && cause !== undefined && (isChained || /^RuntimeError/.test(exception))) return;
    cause = exception + location;
  };
  return {
    get cause() {
      return cause;
    },
    push(line) {
      if (NEXT_REQUEST.test(line)) {
        cause = undefined;
        inside = isChained = false;
      } else if (CHAINED.test(line)) isChained = true;
      else if (line === 'Traceback (most recent call last):') {
        inside = true;
        location = '';
      } else if (inside) {
        const frame = FRAME.exec(line);
        if (frame) location = ` (${basename(frame[1] ?? '')}, line ${frame[2]})`;
        else if (EXCEPTION.test(line)) conclude(line);
      } else if (line.trim() !== '') isChained = false;
    },
  };
}
