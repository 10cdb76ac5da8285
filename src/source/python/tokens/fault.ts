/** A place where Python would refuse the text. It never leaves source/python: the tokenizer and `read-module.ts` catch it. */
export class PythonFault extends Error {
  /** Offset in the text. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}
