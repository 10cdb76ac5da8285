import { expressions } from './expressions/expressions.ts';
import { readCasePattern } from './patterns.ts';
import { bindTargets } from './targets.ts';
import type { Cursor } from './tokens/cursor.ts';
import type { Scope } from './tokens/scope.ts';

/** Reads `: block` of a statement of that name, in a scope of its own if it has one. */
export type BlockReader = (cursor: Cursor, statement: string, scope?: Scope) => void;

export function readIf(cursor: Cursor, readBlock: BlockReader): void {
  readBranch(cursor, readBlock);
  while (cursor.kind === 'elif') readBranch(cursor, readBlock);
  readElse(cursor, readBlock);
}

function readBranch(cursor: Cursor, readBlock: BlockReader): void {
  const statement = cursor.kind;
  const isRun = !isNotImported(cursor);
  cursor.next();
  expressions.named(cursor);
  const { scope } = cursor;
  readBlock(cursor, statement, isRun ? scope : { ...scope, required: false, names: undefined, isTop: false });
}

/** `if __name__ == '__main__'` and `if TYPE_CHECKING`: blocks that do not run when a server imports the module. */
function isNotImported({ text, start }: Cursor): boolean {
  return /^(?:el)?if\s*\(?\s*(?:__name__\s*==|(?:\w+\.)?TYPE_CHECKING\b)/.test(text.slice(start, start + 80));
}

function readElse(cursor: Cursor, readBlock: BlockReader): void {
  if (cursor.accept('else')) readBlock(cursor, 'else');
}

export function readWhile(cursor: Cursor, readBlock: BlockReader): void {
  cursor.next();
  expressions.named(cursor);
  readBlock(cursor, 'while', { ...cursor.scope, inLoop: true });
  readElse(cursor, readBlock);
}

export function readFor(cursor: Cursor, readBlock: BlockReader): void {
  cursor.expect('for');
  const first = cursor.index;
  expressions.targets(cursor);
  bindTargets(cursor, first);
  cursor.expect('in');
  expressions.list(cursor);
  readBlock(cursor, 'for', { ...cursor.scope, inLoop: true });
  readElse(cursor, readBlock);
}

export function readWith(cursor: Cursor, readBlock: BlockReader): void {
  cursor.expect('with');
  const isBracketed = holdsItems(cursor);
  if (isBracketed) cursor.next();
  do {
    if (isBracketed && cursor.kind === ')') break;
    readItem(cursor);
  } while (cursor.accept(','));
  if (isBracketed) cursor.expect(')');
  readBlock(cursor, 'with');
}

/** Whether the bracket at the cursor belongs to the statement: then `as` is inside it, and the colon follows it. */
function holdsItems(cursor: Cursor): boolean {
  if (cursor.kind !== '(') return false;
  let depth = 0;
  let hasAs = false;
  for (let ahead = 0; ; ahead++) {
    const kind = cursor.peek(ahead);
    if (kind === '(' || kind === '[' || kind === '{') depth++;
    else if (kind === ')' || kind === ']' || kind === '}') depth--;
    else if (kind === 'as' && depth === 1) hasAs = true;
    else if (kind === 'NEWLINE' || kind === 'END' || kind === 'FAULT') return false;
    if (depth === 0) return hasAs && cursor.peek(ahead + 1) === ':';
  }
}

function readItem(cursor: Cursor): void {
  expressions.expression(cursor);
  if (!cursor.accept('as')) return;
  const first = cursor.index;
  expressions.target(cursor);
  bindTargets(cursor, first);
}

export function readTry(cursor: Cursor, readBlock: BlockReader): void {
  const first = cursor.index;
  cursor.next();
  const scope = { ...cursor.scope, required: false };
  readBlock(cursor, 'try', scope);
  let clauses = 0;
  let isStarred: boolean | undefined;
  for (; cursor.kind === 'except'; clauses++) {
    const star = cursor.peek(1) === '*';
    if (isStarred !== undefined && isStarred !== star) cursor.fail('one try has except and except*');
    isStarred = star;
    const isBare = readExcept(cursor);
    readBlock(cursor, 'except', scope);
    if (isBare && cursor.kind === 'except') cursor.fail('an except follows the one that catches everything');
  }
  if (clauses > 0 && cursor.accept('else')) readBlock(cursor, 'else', scope);
  if (cursor.accept('finally')) readBlock(cursor, 'finally', scope);
  else if (clauses === 0) cursor.fail('try has neither except nor finally', first);
}

/** Whether it names no exception. */
function readExcept(cursor: Cursor): boolean {
  cursor.next();
  const isStarred = cursor.accept('*');
  if (!isStarred && cursor.kind === ':') return true;
  expressions.expression(cursor);
  const comma = cursor.index;
  while (cursor.accept(',')) expressions.expression(cursor);
  const isList = cursor.index > comma;
  if (isList) cursor.doubt(comma, 'exceptions without brackets need Python 3.14');
  if (cursor.kind === 'as' && isList) cursor.fail('exceptions with a name need brackets around them', comma);
  if (cursor.accept('as')) {
    const name = cursor.readName();
    cursor.scope.names?.add(name);
  }
  return false;
}

/** `match` is also a name: it starts a statement if its line ends in a colon and `case` is below. */
export function startsMatch(cursor: Cursor): boolean {
  if (!cursor.isSoft('match') || cursor.peek(1) === ':') return false;
  let ahead = 1;
  while (!/^(?:NEWLINE|END|FAULT|;)$/.test(cursor.peek(ahead))) ahead++;
  if (cursor.peek(ahead - 1) !== ':' || cursor.peek(ahead + 1) !== 'INDENT') return false;
  return cursor.peek(ahead + 2) === 'NAME' && cursor.word(cursor.index + ahead + 2) === 'case';
}

export function readMatch(cursor: Cursor, readBlock: BlockReader): void {
  cursor.next();
  readSubject(cursor);
  for (const kind of [':', 'NEWLINE', 'INDENT']) cursor.expect(kind);
  while (cursor.isSoft('case')) {
    cursor.next();
    readCasePattern(cursor);
    if (cursor.accept('if')) expressions.named(cursor);
    readBlock(cursor, 'case');
  }
  cursor.expect('DEDENT');
}

function readSubject(cursor: Cursor): void {
  const first = cursor.index;
  expressions.starNamed(cursor);
  if (cursor.kind !== ',' && cursor.tokens.kind(first) === '*') cursor.fail();
  while (cursor.accept(',')) if (cursor.kind !== ':') expressions.starNamed(cursor);
}
