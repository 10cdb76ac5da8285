import type { Cursor } from '../tokens/cursor.ts';
import type { Expressions } from './grammar.ts';

type Kind = 'text' | 'bytes' | 'template';

/** Adjacent strings, which Python joins. */
export function readStrings(cursor: Cursor, grammar: Expressions): void {
  const first = cursor.index;
  let kind: Kind | undefined;
  while (cursor.kind === 'STRING' || cursor.kind === 'f"') {
    const found = findKind(cursor);
    if (kind !== undefined && found !== kind) {
      cursor.fail(`${describe(kind)} and ${describe(found)} are adjacent, and Python cannot join them`, first);
    }
    kind = found;
    if (cursor.kind === 'STRING') cursor.next();
    else readFormatString(cursor, grammar);
  }
  if (kind === 'template') cursor.doubt(first, 'a t-string needs Python 3.14');
}

function findKind(cursor: Cursor): Kind {
  const prefix = /^[a-z]*/i.exec(cursor.text.slice(cursor.start, cursor.start + 2))?.[0] ?? '';
  if (/b/i.test(prefix)) return 'bytes';
  return /t/i.test(prefix) ? 'template' : 'text';
}

function describe(kind: Kind): string {
  return { text: 'a string', bytes: 'bytes', template: 'a t-string' }[kind];
}

function readFormatString(cursor: Cursor, grammar: Expressions): void {
  cursor.expect('f"');
  while (!cursor.accept('"f')) readField(cursor, grammar);
}

/** `{value=!r:>10}`. */
function readField(cursor: Cursor, grammar: Expressions): void {
  cursor.expect('f{');
  if (cursor.kind === 'f}') cursor.fail('a replacement field is empty');
  if (cursor.kind === 'yield') grammar.yield(cursor);
  else grammar.list(cursor);
  cursor.accept('=');
  if (cursor.accept('f!')) readConversion(cursor);
  if (cursor.accept('f:')) while (cursor.kind === 'f{') readField(cursor, grammar);
  cursor.expect('f}');
}

function readConversion(cursor: Cursor): void {
  const isAdjacent = cursor.start === cursor.tokens.end(cursor.index - 1);
  if (!isAdjacent || !/^[sra]$/.test(cursor.word())) cursor.fail('a conversion is one of !s, !r and !a');
  cursor.next();
}
