import { basename } from 'node:path';

/** Finds in a Python worker's output the exception that matters; a traceback is long, and its last line can mislead. */
export interface TracebackReader {
  push(line: string): void;
  /** `Type: message (file, line)` of the last exception; undefined when there was none. */
  readonly cause: string | undefined;
}

/** Between two tracebacks of one chain. */
const CHAINED = /^(During handling of the above exception|The above exception was the direct cause)/;
const FRAME = /^ +File "([^"<][^"]*)", line (\d+)/;
const EXCEPTION = /^[A-Za-z_][\w.]*(: .*)?$/;

/**
 * What TorchServe's worker raises about an exception that it met before: when a handler cannot be imported it looks among its
 * own handlers, and what it logs about a failed load it raises anew without the reason.
 */
const ECHO =
  /^(ModuleNotFoundError: No module named 'ts\.torch_handler\.|RuntimeError: 5\d\d - (Unknown exception|System out of memory)$)/;

/** Said by TorchServe's worker when a request comes in: what was raised before, it survived. */
const NEXT_REQUEST = /^Backend received inference at: /;

export function createTracebackReader(): TracebackReader {
  let cause: string | undefined;
  let inside = false;
  let place = '';
  let isChained = false;

  const conclude = (exception: string) => {
    inside = false;
    // An echo that follows what it repeats says nothing; on its own it is all there is.
    if (ECHO.test(exception) && cause !== undefined && (isChained || /^RuntimeError/.test(exception))) return;
    cause = exception + place;
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
        place = '';
      } else if (inside) {
        const frame = FRAME.exec(line);
        if (frame) place = ` (${basename(frame[1] ?? '')}, line ${frame[2]})`;
        else if (EXCEPTION.test(line)) conclude(line);
      } else if (line.trim() !== '') isChained = false;
    },
  };
}
