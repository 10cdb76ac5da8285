import { PythonFault } from './fault.ts';
import { Tokens } from './tokens.ts';

/** CPython's own limit (MAXLEVEL): more give "too many nested parentheses". */
const OPEN_BRACKETS = 200;

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', 'f{': 'f}' };

interface Bracket {
  readonly kind: string;
  readonly at: number;
}

/** A place in the text, the tokens read so far and the brackets open there. */
export class Scanner {
  readonly text: string;
  readonly tokens = new Tokens();
  at = 0;
  readonly #brackets: Bracket[] = [];

  constructor(text: string) {
    this.text = text;
  }

  get depth(): number {
    return this.#brackets.length;
  }

  /** The innermost bracket that is open. */
  get bracket(): Bracket | undefined {
    return this.#brackets[this.#brackets.length - 1];
  }

  get open(): readonly number[] {
    return this.#brackets.map(({ at }) => at);
  }

  /** The character `ahead` of the place; NaN after the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** The match of a sticky pattern at the place. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  push(kind: string, length: number): void {
    this.tokens.push(kind, this.at, this.at + length);
    this.at += length;
  }

  openBracket(kind: string): void {
    if (this.depth === OPEN_BRACKETS) this.fail(`more than ${OPEN_BRACKETS} brackets are open at once`);
    this.#brackets.push({ kind, at: this.at });
    this.push(kind, 1);
  }

  closeBracket(kind: string): void {
    const opened = this.#brackets.pop();
    if (opened === undefined) this.fail(`${JSON.stringify(kind.slice(-1))} closes nothing`);
    if (closers[opened.kind] !== kind) {
      this.fail(`${JSON.stringify(kind.slice(-1))} does not close ${JSON.stringify(opened.kind.slice(-1))}`);
    }
    this.push(kind, 1);
  }

  fail(message: string, at = this.at): never {
    throw new PythonFault(at, message);
  }
}
