/**
 * Thrown inside a reader when the bytes contradict the format, and always caught by that reader, which turns it into
 * a problem: callers see data and no exception.
 */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  /** Bytes from the start of the source. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
