import type { FactSink } from './facts.ts';
import type { Cursor } from './tokens/cursor.ts';

/** `import a.b as c, d`. */
export function readImport(cursor: Cursor, facts: FactSink): void {
  const { start, scope } = cursor;
  cursor.next();
  do {
    const module = readDotted(cursor);
    const [first = module] = module.split('.');
    // Read in any case: without a list of names, the code after `?.` is not evaluated.
    const bound = readAlias(cursor) ?? first;
    scope.names?.add(bound);
    facts.addImport({ module, level: 0, names: [], required: scope.required }, start);
  } while (cursor.accept(','));
}

/** `from ..a import b as c, d`, with the names in brackets or not. */
export function readImportFrom(cursor: Cursor, facts: FactSink): void {
  const { start, scope } = cursor;
  cursor.next();
  let level = 0;
  for (; cursor.kind === '.' || cursor.kind === '...'; cursor.next()) level += cursor.kind.length;
  const module = level > 0 && cursor.kind === 'import' ? '' : readDotted(cursor);
  cursor.expect('import');
  const names = readImported(cursor);
  if (names.includes('*') && scope.isTop) facts.hasStarImport = true;
  facts.addImport({ module, level, names, required: scope.required }, start);
}

function readImported(cursor: Cursor): string[] {
  const { scope } = cursor;
  if (cursor.kind === '*') {
    if (scope.kind !== 'module') cursor.fail('"import *" is outside the module level');
    cursor.next();
    return ['*'];
  }
  const isBracketed = cursor.accept('(');
  const names: string[] = [];
  do {
    if (isBracketed && cursor.kind === ')' && names.length > 0) break;
    const name = cursor.readName();
    names.push(name);
    const bound = readAlias(cursor) ?? name;
    scope.names?.add(bound);
  } while (cursor.accept(','));
  if (isBracketed) cursor.expect(')');
  return names;
}

function readAlias(cursor: Cursor): string | undefined {
  return cursor.accept('as') ? cursor.readName() : undefined;
}

function readDotted(cursor: Cursor): string {
  let name = cursor.readName();
  while (cursor.accept('.')) name += `.${cursor.readName()}`;
  return name;
}
