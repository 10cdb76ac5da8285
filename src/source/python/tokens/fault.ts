/** The first place where Python would refuse the text. It never leaves this folder: the parser catches it. */
export class PythonFault extends Error {
  /** Offset in the text. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}
