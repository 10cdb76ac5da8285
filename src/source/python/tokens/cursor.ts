import { PythonFault } from './fault.ts';
import type { Scope } from './scope.ts';
import type { Tokens } from './tokens.ts';

/** A place in the text, with a message. */
export interface Place {
  readonly at: number;
  readonly message: string;
}

/** A place in the tokens; every reader of grammar starts at it and leaves it after what it read. */
export class Cursor {
  readonly text: string;
  readonly tokens: Tokens;
  /** Syntax that only a Python newer than TorchServe's accepts: reported as doubtful. */
  readonly novelties: Place[] = [];
  scope: Scope;
  index = 0;
  /** Parameter lists around the cursor. */
  depth = 0;

  constructor(text: string, tokens: Tokens, scope: Scope) {
    this.text = text;
    this.tokens = tokens;
    this.scope = scope;
  }

  get kind(): string {
    return this.tokens.kind(this.index);
  }

  /** Offset of the token at the cursor. */
  get start(): number {
    return this.tokens.start(this.index);
  }

  /** The kind of a token further on. */
  peek(ahead: number): string {
    return this.tokens.kind(Math.min(this.index + ahead, this.tokens.length - 1));
  }

  word(index = this.index): string {
    return this.text.slice(this.tokens.start(index), this.tokens.end(index));
  }

  /** A word that is only a keyword in some places: match, case, type. */
  isSoft(word: string): boolean {
    return this.kind === 'NAME' && this.word() === word;
  }

  next(): void {
    this.index++;
  }

  accept(kind: string): boolean {
    if (this.kind !== kind) return false;
    this.index++;
    return true;
  }

  expect(kind: string): void {
    if (!this.accept(kind)) this.fail();
  }

  readName(): string {
    const name = this.word();
    this.expect('NAME');
    return name;
  }

  doubt(index: number, message: string): void {
    this.novelties.push({ at: this.tokens.start(index), message });
  }

  /** Refuses the token at the cursor, or the one at an index. */
  fail(message = this.#describe(), index = this.index): never {
    throw new PythonFault(this.tokens.start(index), message);
  }

  #describe(): string {
    const { kind } = this;
    if (kind === 'FAULT') return this.tokens.fault;
    if (kind === 'INDENT') return 'the line is indented without a block above it';
    const rest = /^[^\r\n]{0,24}/.exec(this.text.slice(this.start, this.start + 24))?.[0].trimEnd() ?? '';
    if (kind === 'NEWLINE' || kind === 'END' || rest === '') return 'the statement is not complete';
    return `cannot be read at ${JSON.stringify(rest)}`;
  }
}
