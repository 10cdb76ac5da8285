/**
 * Thrown inside a reader when the bytes contradict the format, and always caught by that reader, which turns it into
 * a problem: callers see data and no exception.
 */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  /** Bytes from the start of the source. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    // No stack is kept: nobody reads it, and taking it costs ten times as much as reading a small member.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.offset = offset;
  }
}
