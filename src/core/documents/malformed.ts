/**
 * Thrown inside a reader if the bytes contradict the format, and always caught by that reader, which turns it into a
 * problem: callers get data, never an exception.
 */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  /** Bytes from the start of the source. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    // Without a stack: nobody reads it, and creating it costs ten times as much as reading a small member.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.offset = offset;
  }
}
