import type { BlockReader } from './compound.ts';
import { readArguments } from './expressions/calls.ts';
import { expressions } from './expressions/expressions.ts';
import { readParameters, readTypeParameters } from './expressions/parameters.ts';
import type { FactSink } from './facts.ts';
import type { Cursor } from './tokens/cursor.ts';
import { toFunction } from './tokens/scope.ts';

/** From `def`; `start` is that of an `async` before it. */
export function readFunction(cursor: Cursor, facts: FactSink, readBlock: BlockReader, start = cursor.start): void {
  const kind = cursor.peek(-1) === 'async' ? 'async function' : 'function';
  cursor.expect('def');
  const name = cursor.readName();
  const { scope } = cursor;
  scope.names?.add(name);
  if (scope.isTop) facts.addFunction(name, start);
  readTypeParameters(cursor, expressions);
  cursor.expect('(');
  readParameters(cursor, expressions, 'def');
  cursor.expect(')');
  if (cursor.accept('->')) expressions.expression(cursor);
  readBlock(cursor, 'def', toFunction(kind));
}

export function readClass(cursor: Cursor, facts: FactSink, readBlock: BlockReader): void {
  const { start, scope } = cursor;
  cursor.next();
  const name = cursor.readName();
  scope.names?.add(name);
  readTypeParameters(cursor, expressions);
  const bases = cursor.kind === '(' ? readBases(cursor) : [];
  const members = new Set<string>();
  readBlock(cursor, 'class', { kind: 'class', inLoop: false, required: scope.required, names: members, isTop: false });
  if (scope.isTop) facts.addClass({ name, bases, members }, start);
}

/** The positional arguments, as written. */
function readBases(cursor: Cursor): string[] {
  const { tokens, text } = cursor;
  const open = cursor.index;
  readArguments(cursor, expressions, { mayBeGenerator: false });
  const close = cursor.index - 1;
  const bases: string[] = [];
  let first = open + 1;
  let depth = 0;
  for (let index = open + 1; index <= close; index++) {
    const kind = tokens.kind(index);
    if (depth === 0 && (kind === ',' || index === close)) {
      const isValue = index > first && !/^\*/.test(tokens.kind(first)) && tokens.kind(first + 1) !== '=';
      if (isValue) bases.push(text.slice(tokens.start(first), tokens.end(index - 1)));
      first = index + 1;
    } else if (/^[([{]$/.test(kind)) depth++;
    else if (/^[)\]}]$/.test(kind)) depth--;
  }
  return bases;
}

/** `@decorator` lines and what they decorate. */
export function readDecorators(cursor: Cursor): void {
  while (cursor.accept('@')) {
    expressions.named(cursor);
    cursor.expect('NEWLINE');
  }
  const isDefinition =
    cursor.kind === 'def' || cursor.kind === 'class' || (cursor.kind === 'async' && cursor.peek(1) === 'def');
  if (!isDefinition) cursor.fail('a decorator needs a function or a class below it');
}
