import { expressions, startsExpression } from './expressions/expressions.ts';
import { readTypeParameters } from './expressions/parameters.ts';
import { DELETABLE, NAME, SINGLE, STARRED, TARGET } from './expressions/shape.ts';
import type { FactSink } from './facts.ts';
import { readImport, readImportFrom } from './imports.ts';
import { bindTargets } from './targets.ts';
import type { Cursor } from './tokens/cursor.ts';

/** Statements of one line, up to its end. */
export function readSimpleStatements(cursor: Cursor, facts: FactSink): void {
  do {
    if (cursor.kind === 'NEWLINE') break;
    readSimpleStatement(cursor, facts);
  } while (cursor.accept(';'));
  cursor.expect('NEWLINE');
}

function readSimpleStatement(cursor: Cursor, facts: FactSink): void {
  const read = readers[cursor.kind];
  if (read) read(cursor, facts);
  else if (cursor.isSoft('type') && cursor.peek(1) === 'NAME') readTypeAlias(cursor);
  else if (cursor.isSoft('lazy') && /^(import|from)$/.test(cursor.peek(1))) {
    cursor.doubt(cursor.index, 'a lazy import needs Python 3.15');
    cursor.next();
    readSimpleStatement(cursor, facts);
  } else readExpressionStatement(cursor);
}

const readers: Readonly<Record<string, (cursor: Cursor, facts: FactSink) => void>> = {
  import: readImport,
  from: readImportFrom,
  return: readReturn,
  raise: readRaise,
  del: readDel,
  assert: readAssert,
  global: readGlobal,
  nonlocal: readGlobal,
  break: readJump,
  continue: readJump,
  pass: (cursor) => cursor.next(),
};

const augmented = new Set(['+=', '-=', '*=', '@=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=', '**=', '//=']);

function readExpressionStatement(cursor: Cursor): void {
  const first = cursor.index;
  let shape = readValue(cursor);
  if (augmented.has(cursor.kind)) {
    if (!(shape & SINGLE)) failTarget(cursor, first);
    cursor.next();
    readValue(cursor);
  } else if (cursor.kind === ':' && shape & SINGLE) {
    if (shape & NAME) bindTargets(cursor, first);
    cursor.next();
    expressions.expression(cursor);
    if (cursor.accept('=')) readValue(cursor);
  }
  for (let from = first; cursor.kind === '='; ) {
    if (!(shape & TARGET)) failTarget(cursor, from);
    bindTargets(cursor, from);
    cursor.next();
    from = cursor.index;
    shape = readValue(cursor);
  }
}

function readValue(cursor: Cursor): number {
  return cursor.kind === 'yield' ? expressions.yield(cursor) : expressions.list(cursor);
}

function failTarget(cursor: Cursor, first: number): never {
  const { tokens, text } = cursor;
  const what = text.slice(tokens.start(first), tokens.end(cursor.index - 1)).slice(0, 24);
  return cursor.fail(`nothing can be assigned to ${JSON.stringify(what)}`, first);
}

function readReturn(cursor: Cursor): void {
  if (!cursor.scope.kind.endsWith('function')) cursor.fail('return is outside a function');
  cursor.next();
  if (startsExpression(cursor.kind)) expressions.list(cursor);
}

function readRaise(cursor: Cursor): void {
  cursor.next();
  if (!startsExpression(cursor.kind)) return;
  expressions.expression(cursor);
  if (cursor.kind === ',') cursor.fail('raise with a comma is Python 2; Python 3 has raise Error("text")');
  if (cursor.accept('from')) expressions.expression(cursor);
}

function readDel(cursor: Cursor): void {
  cursor.next();
  do {
    if (cursor.kind === ';' || cursor.kind === 'NEWLINE') break;
    const first = cursor.index;
    const shape = expressions.primary(cursor);
    if (!(shape & DELETABLE) || shape & STARRED) cursor.fail('this cannot be deleted', first);
  } while (cursor.accept(','));
  if (cursor.peek(-1) === 'del') cursor.fail();
}

function readAssert(cursor: Cursor): void {
  cursor.next();
  expressions.expression(cursor);
  if (cursor.accept(',')) expressions.expression(cursor);
}

function readGlobal(cursor: Cursor): void {
  if (cursor.kind === 'nonlocal' && cursor.scope.kind === 'module') cursor.fail('nonlocal is outside a function');
  cursor.next();
  do cursor.readName();
  while (cursor.accept(','));
}

function readJump(cursor: Cursor): void {
  if (!cursor.scope.inLoop) cursor.fail(`${cursor.kind} is outside a loop`);
  cursor.next();
}

function readTypeAlias(cursor: Cursor): void {
  cursor.next();
  const name = cursor.readName();
  cursor.scope.names?.add(name);
  readTypeParameters(cursor, expressions);
  cursor.expect('=');
  expressions.expression(cursor);
}
