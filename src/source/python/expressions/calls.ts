import type { Cursor } from '../tokens/cursor.ts';
import { readComprehension } from './displays.ts';
import type { Expressions } from './grammar.ts';

/** The kind of the previous argument: what may follow depends on it. */
interface Seen {
  keyword: boolean;
  doubleStar: boolean;
}

/** The arguments of a call or of a class, brackets included. */
export function readArguments(cursor: Cursor, grammar: Expressions, { mayBeGenerator }: { mayBeGenerator: boolean }) {
  const seen: Seen = { keyword: false, doubleStar: false };
  cursor.expect('(');
  for (let count = 0; cursor.kind !== ')'; count++) {
    const first = cursor.index;
    readArgument(cursor, grammar, seen);
    if (cursor.kind === 'for' || cursor.kind === 'async') {
      readComprehension(cursor, grammar);
      const isAlone = count === 0 && cursor.peek(0) === ')' && mayBeGenerator && isValue(cursor, first);
      if (!isAlone) cursor.fail('a generator among other arguments needs brackets of its own', first);
    }
    if (!cursor.accept(',')) break;
  }
  cursor.expect(')');
}

function isValue(cursor: Cursor, first: number): boolean {
  const kind = cursor.tokens.kind(first);
  return kind !== '*' && kind !== '**' && !(kind === 'NAME' && cursor.tokens.kind(first + 1) === '=');
}

function readArgument(cursor: Cursor, grammar: Expressions, seen: Seen): void {
  const first = cursor.index;
  if (cursor.accept('**')) {
    grammar.expression(cursor);
    seen.doubleStar = true;
  } else if (cursor.accept('*')) {
    grammar.expression(cursor);
    if (seen.doubleStar) cursor.fail('"*" follows "**" in the arguments', first);
  } else if (cursor.kind === 'NAME' && cursor.peek(1) === '=') {
    cursor.next();
    cursor.next();
    grammar.expression(cursor);
    seen.keyword = true;
  } else {
    grammar.named(cursor);
    if (cursor.kind === '=') cursor.fail('the name of a keyword argument must be a plain name', first);
    if (seen.keyword || seen.doubleStar) cursor.fail('a positional argument follows a keyword argument', first);
  }
}

/** The content of the brackets after a value: indexes and slices. */
export function readSubscript(cursor: Cursor, grammar: Expressions): void {
  cursor.expect('[');
  do {
    if (cursor.kind === ']') break;
    readSlice(cursor, grammar);
  } while (cursor.accept(','));
  if (cursor.tokens.kind(cursor.index - 1) === '[') cursor.fail('the brackets of a subscript are empty');
  cursor.expect(']');
}

function readSlice(cursor: Cursor, grammar: Expressions): void {
  if (cursor.accept('*')) {
    grammar.bitwise(cursor);
    return;
  }
  const isOpen = () => cursor.kind === ':' || cursor.kind === ',' || cursor.kind === ']';
  const first = cursor.index;
  if (cursor.kind !== ':') grammar.named(cursor);
  if (cursor.kind !== ':') return;
  if (cursor.tokens.kind(first) === 'NAME' && cursor.tokens.kind(first + 1) === ':=') cursor.fail();
  for (let part = 0; part < 2 && cursor.accept(':'); part++) if (!isOpen()) grammar.expression(cursor);
}
