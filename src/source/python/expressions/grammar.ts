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
  /** Down to `|` and operators that bind closer. */
  bitwise(cursor: Cursor): Shape;
  /** Down to `or`. */
  disjunction(cursor: Cursor): Shape;
  /** A name, a display or a literal, with the calls, attributes and subscripts after it. */
  primary(cursor: Cursor): Shape;
  /** The target after the `as` of `with`. */
  target(cursor: Cursor): Shape;
  /** The target between `for` and `in`. */
  targets(cursor: Cursor): Shape;
  yield(cursor: Cursor): Shape;
}
