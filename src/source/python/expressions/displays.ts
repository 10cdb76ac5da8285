import type { Cursor } from '../tokens/cursor.ts';
import type { Expressions } from './grammar.ts';
import { EMPTY, joinShapes, NAME, OTHER, type Shape, STARRED } from './shape.ts';

/** A group, a tuple or a generator. */
export function readParentheses(cursor: Cursor, grammar: Expressions): Shape {
  const first = cursor.index;
  cursor.expect('(');
  if (cursor.accept(')')) return EMPTY;
  if (cursor.kind === 'yield') {
    grammar.yield(cursor);
    cursor.expect(')');
    return OTHER;
  }
  const shape = grammar.starNamed(cursor);
  if (startsComprehension(cursor)) return readGenerator(cursor, grammar, shape, ')');
  if (cursor.kind === ',') return readRest(cursor, grammar, shape, ')');
  if (shape & STARRED) cursor.fail('a starred expression is alone in brackets', first);
  cursor.expect(')');
  return shape & ~NAME;
}

/** A list, made of values or by a comprehension. */
export function readSquare(cursor: Cursor, grammar: Expressions): Shape {
  cursor.expect('[');
  if (cursor.accept(']')) return EMPTY;
  const shape = grammar.starNamed(cursor);
  if (startsComprehension(cursor)) return readGenerator(cursor, grammar, shape, ']');
  return readRest(cursor, grammar, shape, ']');
}

function readRest(cursor: Cursor, grammar: Expressions, first: Shape, closer: string): Shape {
  let shape = joinShapes(first, first);
  while (cursor.accept(',')) {
    if (cursor.kind === closer) break;
    shape = joinShapes(shape, grammar.starNamed(cursor));
  }
  cursor.expect(closer);
  return shape;
}

function readGenerator(cursor: Cursor, grammar: Expressions, shape: Shape, closer: string): Shape {
  if (shape & STARRED) cursor.doubt(cursor.index, 'unpacking in a comprehension needs Python 3.15');
  readComprehension(cursor, grammar);
  cursor.expect(closer);
  return OTHER;
}

/** A dictionary or a set, made of values or by a comprehension. */
export function readBraces(cursor: Cursor, grammar: Expressions): void {
  cursor.expect('{');
  let isDictionary: boolean | undefined;
  while (cursor.kind !== '}') {
    const first = cursor.index;
    const isEntry = readEntry(cursor, grammar);
    if (isDictionary !== undefined && isEntry !== isDictionary) {
      cursor.fail(isDictionary ? 'a key of the dictionary has no value' : 'a set holds a key with a value', first);
    }
    if (isDictionary === undefined && startsComprehension(cursor)) {
      if (cursor.tokens.kind(first).startsWith('*')) {
        cursor.doubt(first, 'unpacking in a comprehension needs Python 3.15');
      }
      readComprehension(cursor, grammar);
      break;
    }
    isDictionary = isEntry;
    if (!cursor.accept(',')) break;
  }
  cursor.expect('}');
}

/** Whether it was an entry of a dictionary. */
function readEntry(cursor: Cursor, grammar: Expressions): boolean {
  if (cursor.accept('**')) {
    grammar.bitwise(cursor);
    return true;
  }
  const first = cursor.index;
  const shape = grammar.starNamed(cursor);
  if (cursor.kind !== ':') return false;
  if (shape & STARRED || cursor.tokens.kind(first + 1) === ':=') cursor.fail();
  cursor.next();
  grammar.expression(cursor);
  return true;
}

function startsComprehension({ kind }: Cursor): boolean {
  return kind === 'for' || kind === 'async';
}

/** `for x in y if z`, once or more. */
export function readComprehension(cursor: Cursor, grammar: Expressions): void {
  while (startsComprehension(cursor)) {
    cursor.accept('async');
    cursor.expect('for');
    grammar.targets(cursor);
    cursor.expect('in');
    grammar.disjunction(cursor);
    while (cursor.accept('if')) grammar.disjunction(cursor);
  }
}
