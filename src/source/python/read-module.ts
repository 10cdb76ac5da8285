import { type BlockReader, readFor, readIf, readMatch, readTry, readWhile, readWith, startsMatch } from './compound.ts';
import { readClass, readDecorators, readFunction } from './definitions.ts';
import type { FactSink } from './facts.ts';
import { readSimpleStatements } from './statements.ts';
import { Cursor, type Place } from './tokens/cursor.ts';
import { PythonFault } from './tokens/fault.ts';
import type { Scope } from './tokens/scope.ts';
import { tokenizePython } from './tokens/tokenize.ts';

/** The first error is enough; later ones may follow from it, and after the last nothing is read. */
const FAULTS_KEPT = 10;

export interface Judgement {
  /** Whether every Python from 3.8 on refuses the text. */
  readonly faults: readonly Place[];
  /** Syntax that only a Python newer than TorchServe's accepts. */
  readonly novelties: readonly Place[];
}

/** Reads a whole module; its definitions go to the facts. */
export function readModule(text: string, facts: FactSink): Judgement {
  const scope: Scope = { kind: 'module', inLoop: false, required: true, names: facts.names, isTop: true };
  const reader = new ModuleReader(new Cursor(text, tokenizePython(text), scope), facts);
  return reader.read();
}

const compound: Readonly<Record<string, (cursor: Cursor, readBlock: BlockReader) => void>> = {
  if: readIf,
  while: readWhile,
  for: readFor,
  with: readWith,
  try: readTry,
};

class ModuleReader {
  readonly #cursor: Cursor;
  readonly #facts: FactSink;
  readonly #faults: Place[] = [];

  constructor(cursor: Cursor, facts: FactSink) {
    this.#cursor = cursor;
    this.#facts = facts;
  }

  read(): Judgement {
    const cursor = this.#cursor;
    while (cursor.kind !== 'END' && cursor.kind !== 'FAULT') this.#readOne();
    if (cursor.kind === 'FAULT' && this.#faults.length === 0) this.#readOne();
    return { faults: this.#faults, novelties: cursor.novelties };
  }

  /** One statement; after a syntax error the next one can still be read. */
  #readOne(): void {
    const cursor = this.#cursor;
    const first = cursor.index;
    const { scope } = cursor;
    try {
      this.#readStatement();
    } catch (fault) {
      if (!(fault instanceof PythonFault)) throw fault;
      this.#faults.push(explain(fault, cursor, first));
      cursor.scope = scope;
      cursor.depth = 0;
      if (this.#faults.length < FAULTS_KEPT) skipStatement(cursor, first);
      else cursor.index = cursor.tokens.length - 1;
    }
  }

  #readStatement(): void {
    const cursor = this.#cursor;
    const readCompound = compound[cursor.kind];
    if (cursor.kind === '@') readDecorators(cursor);
    if (readCompound) readCompound(cursor, this.#readBlock);
    else if (cursor.kind === 'def') readFunction(cursor, this.#facts, this.#readBlock);
    else if (cursor.kind === 'class') readClass(cursor, this.#facts, this.#readBlock);
    else if (cursor.kind === 'async') this.#readAsync();
    else if (startsMatch(cursor)) readMatch(cursor, this.#readBlock);
    else readSimpleStatements(cursor, this.#facts);
  }

  #readAsync(): void {
    const cursor = this.#cursor;
    const { start } = cursor;
    cursor.next();
    if (cursor.kind === 'def') {
      readFunction(cursor, this.#facts, this.#readBlock, start);
      return;
    }
    if (cursor.scope.kind !== 'async function') cursor.fail('async is outside an async function', cursor.index - 1);
    if (cursor.kind === 'for') readFor(cursor, this.#readBlock);
    else if (cursor.kind === 'with') readWith(cursor, this.#readBlock);
    else cursor.fail();
  }

  readonly #readBlock: BlockReader = (cursor, statement, scope = cursor.scope) => {
    if (!cursor.accept(':')) cursor.fail(cursor.kind === 'NEWLINE' ? `${statement} lacks its colon` : undefined);
    const outer = cursor.scope;
    cursor.scope = scope;
    if (!cursor.accept('NEWLINE')) readSimpleStatements(cursor, this.#facts);
    else {
      if (!cursor.accept('INDENT')) cursor.fail(isStopped(cursor) ? undefined : `${statement} has no block below it`);
      while (cursor.kind !== 'DEDENT' && !isStopped(cursor)) this.#readOne();
      if (!isStopped(cursor)) cursor.next();
    }
    cursor.scope = outer;
  };
}

function isStopped({ kind }: Cursor): boolean {
  return kind === 'FAULT' || kind === 'END';
}

/** Moves after the statement that started at `first`, including its block. */
function skipStatement(cursor: Cursor, first: number): void {
  if (cursor.kind !== 'INDENT' && cursor.kind !== 'DEDENT') {
    while (cursor.kind !== 'NEWLINE' && !isStopped(cursor)) cursor.next();
    cursor.accept('NEWLINE');
  }
  let depth = 0;
  do {
    if (cursor.kind === 'INDENT') depth++;
    else if (cursor.kind === 'DEDENT' && depth > 0) depth--;
    else if (depth === 0) break;
    if (isStopped(cursor)) return;
    cursor.next();
  } while (depth > 0);
  if (cursor.index === first && !isStopped(cursor)) cursor.next();
}

/** Describes the mistake, if the place alone would not. */
function explain(fault: PythonFault, { tokens, text }: Cursor, first: number): Place {
  const unclosed = tokens.unclosed.findLast((at) => at < fault.at);
  if (unclosed !== undefined) return { at: unclosed, message: `${JSON.stringify(text[unclosed])} is never closed` };
  const word = text.slice(tokens.start(first), tokens.end(first));
  if (
    /^(print|exec)$/.test(word) &&
    tokens.start(first + 1) === fault.at &&
    !/FAULT|INDENT/.test(tokens.kind(first + 1))
  ) {
    return { at: tokens.start(first), message: `a statement ${word} of Python 2; Python 3 has ${word}()` };
  }
  return { at: fault.at, message: fault.message };
}
