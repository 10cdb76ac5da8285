import type { Cursor } from './tokens/cursor.ts';

/** Keeps the names of a target that was read from `first` up to the cursor: `a, (b, *c), d.e, f[g]` binds a, b and c. */
export function bindTargets(cursor: Cursor, first: number): void {
  const { names } = cursor.scope;
  if (names === undefined) return;
  const { tokens } = cursor;
  let skipped = 0;
  for (let index = first; index < cursor.index; index++) {
    const kind = tokens.kind(index);
    const before = index === first ? '' : tokens.kind(index - 1);
    // Brackets right after a value are a call or a subscript, and their content is not a target.
    const isValueBefore = before === 'NAME' || before === ')' || before === ']';
    if (skipped > 0 || (isValueBefore && (kind === '(' || kind === '['))) {
      if (kind === '(' || kind === '[' || kind === '{') skipped++;
      else if (kind === ')' || kind === ']' || kind === '}') skipped--;
    } else if (kind === 'NAME' && before !== '.' && !/^[.([]$/.test(tokens.kind(index + 1))) {
      names.add(cursor.word(index));
    }
  }
}
