import type { Cursor } from '../tokens/cursor.ts';
import type { Shape } from './shape.ts';

/** The parts of the grammar that contain one another. */
export interface Expressions {
  /** `a if b else c`, `lambda: x`. */
  expression(cursor: Cursor): Shape;
  /** An expression, or a name and `:=`. */
  named(cursor: Cursor): Shape;
  /** A named expression, or `*x`. */
  starNamed(cursor: Cursor): Shape;
  /** Expressions with commas between, stars allowed. */
  list(cursor: Cursor): Shape;
  /** Down to `|` and what binds closer. */
  bitwise(cursor: Cursor): Shape;
  /** Down to `or`. */
  disjunction(cursor: Cursor): Shape;
  /** A name, a display or a literal, and the calls, attributes and subscripts behind it. */
  primary(cursor: Cursor): Shape;
  /** What stands behind the `as` of `with`. */
  target(cursor: Cursor): Shape;
  /** What stands between `for` and `in`. */
  targets(cursor: Cursor): Shape;
  yield(cursor: Cursor): Shape;
}
