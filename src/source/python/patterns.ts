import { expressions } from './expressions/expressions.ts';
import { readStrings } from './expressions/strings.ts';
import type { Cursor } from './tokens/cursor.ts';

/** The patterns between `case` and its guard: one, or several with commas. */
export function readCasePattern(cursor: Cursor): void {
  if (cursor.kind === ':' || cursor.kind === 'if') cursor.fail('case has no pattern');
  const first = cursor.index;
  do {
    if (cursor.kind === ':' || cursor.kind === 'if') break;
    readMaybeStar(cursor);
  } while (cursor.accept(','));
  if (cursor.tokens.kind(first) === '*' && cursor.index === first + 2)
    cursor.fail('a starred pattern needs a comma after it', first);
}

function readMaybeStar(cursor: Cursor): void {
  if (cursor.accept('*')) cursor.readName();
  else readPattern(cursor);
}

function readPattern(cursor: Cursor): void {
  do readClosed(cursor);
  while (cursor.accept('|'));
  if (cursor.accept('as')) cursor.readName();
}

function readClosed(cursor: Cursor): void {
  const { kind } = cursor;
  if (kind === 'NAME') readReference(cursor);
  else if (kind === '(') readSequence(cursor, ')');
  else if (kind === '[') readSequence(cursor, ']');
  else if (kind === '{') readMapping(cursor);
  else readLiteral(cursor);
}

/** A capture, a dotted value, or a class with its arguments. */
function readReference(cursor: Cursor): void {
  cursor.readName();
  while (cursor.accept('.')) cursor.readName();
  if (!cursor.accept('(')) return;
  let hasKeyword = false;
  while (cursor.kind !== ')') {
    const isKeyword = cursor.kind === 'NAME' && cursor.peek(1) === '=';
    if (isKeyword) {
      cursor.next();
      cursor.next();
    } else if (hasKeyword) cursor.fail('a positional pattern follows a keyword pattern');
    hasKeyword ||= isKeyword;
    readPattern(cursor);
    if (!cursor.accept(',')) break;
  }
  cursor.expect(')');
}

function readSequence(cursor: Cursor, closer: string): void {
  cursor.next();
  while (cursor.kind !== closer) {
    readMaybeStar(cursor);
    if (!cursor.accept(',')) break;
  }
  cursor.expect(closer);
}

function readMapping(cursor: Cursor): void {
  cursor.next();
  while (cursor.kind !== '}') {
    if (cursor.accept('**')) {
      cursor.readName();
      cursor.accept(',');
      break;
    }
    if (cursor.kind === 'NAME') {
      cursor.next();
      if (cursor.peek(0) !== '.') cursor.fail('a key must be a literal or a dotted name', cursor.index - 1);
      while (cursor.accept('.')) cursor.readName();
    } else readLiteral(cursor);
    cursor.expect(':');
    readPattern(cursor);
    if (!cursor.accept(',')) break;
  }
  cursor.expect('}');
}

/** `-1`, `2 + 3j`, strings and the three constants. */
function readLiteral(cursor: Cursor): void {
  if (cursor.kind === 'STRING' || cursor.kind === 'f"') {
    readStrings(cursor, expressions);
    return;
  }
  if (cursor.accept('None') || cursor.accept('True') || cursor.accept('False')) return;
  cursor.accept('-');
  cursor.expect('NUMBER');
  if (cursor.accept('+') || cursor.accept('-')) cursor.expect('NUMBER');
}
