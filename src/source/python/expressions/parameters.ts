import type { Cursor } from '../tokens/cursor.ts';
import type { Expressions } from './grammar.ts';

/** Lambdas in the defaults of lambdas: the only nesting without brackets. */
const DEFAULT_DEPTH = 200;

interface Seen {
  readonly names: Set<string>;
  slash: boolean;
  star: boolean;
  /** A bare `*`, which needs a parameter after it. */
  bareStar: boolean;
  default: boolean;
}

/** Parameters up to the bracket or the colon that ends them; only those of a lambda have no annotations. */
export function readParameters(cursor: Cursor, grammar: Expressions, kind: 'def' | 'lambda'): void {
  const seen: Seen = { names: new Set(), slash: false, star: false, bareStar: false, default: false };
  if (++cursor.depth > DEFAULT_DEPTH) cursor.fail(`more than ${DEFAULT_DEPTH} lambdas are nested in defaults`);
  const isEnd = () => cursor.kind === (kind === 'def' ? ')' : ':');
  while (!isEnd()) {
    const isLast = cursor.kind === '**';
    readParameter(cursor, grammar, kind, seen);
    if (!cursor.accept(',')) break;
    if (isLast && !isEnd()) cursor.fail('a parameter follows "**"');
  }
  if (seen.bareStar) cursor.fail('a parameter must follow the bare "*"');
  cursor.depth--;
}

function readParameter(cursor: Cursor, grammar: Expressions, kind: 'def' | 'lambda', seen: Seen): void {
  if (cursor.kind === '/') readSlash(cursor, seen);
  else if (cursor.accept('**')) {
    if (seen.bareStar) cursor.fail('a parameter must follow the bare "*"');
    readOne(cursor, grammar, kind, seen);
    if (cursor.kind === '=') cursor.fail('a "**" parameter can have no default');
  } else if (cursor.accept('*')) readStar(cursor, grammar, kind, seen);
  else {
    const at = cursor.index;
    if (cursor.kind === '(') cursor.fail('a tuple as parameter is Python 2');
    readOne(cursor, grammar, kind, seen);
    seen.bareStar = false;
    if (cursor.accept('=')) {
      grammar.expression(cursor);
      seen.default ||= !seen.star;
    } else if (seen.default && !seen.star) {
      cursor.fail('a parameter without a default follows one with a default', at);
    }
  }
}

function readSlash(cursor: Cursor, seen: Seen): void {
  if (seen.slash || seen.star || seen.names.size === 0) cursor.fail('"/" is not allowed at this parameter');
  seen.slash = true;
  cursor.next();
}

function readStar(cursor: Cursor, grammar: Expressions, kind: 'def' | 'lambda', seen: Seen): void {
  if (seen.star) cursor.fail('the parameters have a second "*"');
  seen.star = true;
  seen.bareStar = cursor.kind !== 'NAME';
  if (seen.bareStar) return;
  addName(cursor, seen);
  // Only here an annotation may be starred: `*args: *Shape`.
  if (kind === 'def' && cursor.accept(':')) {
    if (cursor.accept('*')) grammar.bitwise(cursor);
    else grammar.expression(cursor);
  }
  if (cursor.kind === '=') cursor.fail('a "*" parameter can have no default');
}

function readOne(cursor: Cursor, grammar: Expressions, kind: 'def' | 'lambda', seen: Seen): void {
  addName(cursor, seen);
  if (kind === 'def' && cursor.accept(':')) grammar.expression(cursor);
}

function addName(cursor: Cursor, seen: Seen): void {
  const at = cursor.index;
  const name = cursor.readName();
  if (seen.names.has(name)) cursor.fail(`the parameter ${name} occurs twice`, at);
  seen.names.add(name);
}

/** `[T: int = str, *Ts, **P]` of a function, a class or a type. */
export function readTypeParameters(cursor: Cursor, grammar: Expressions): void {
  if (!cursor.accept('[')) return;
  do {
    if (cursor.kind === ']' && cursor.peek(-1) === ',') break;
    const isStarred = cursor.accept('*');
    const isPlain = !isStarred && !cursor.accept('**');
    cursor.readName();
    if (isPlain && cursor.accept(':')) grammar.expression(cursor);
    if (cursor.kind !== '=') continue;
    cursor.doubt(cursor.index, 'the default of a type parameter needs Python 3.13');
    cursor.next();
    if (isStarred && cursor.accept('*')) grammar.bitwise(cursor);
    else grammar.expression(cursor);
  } while (cursor.accept(','));
  cursor.expect(']');
}
