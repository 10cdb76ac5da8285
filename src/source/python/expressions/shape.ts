/** Properties of an expression, as bits: only some may be assigned to. */
export const OTHER = 0;
/** May be on the left of `=`. */
export const TARGET = 1;
/** A name, an attribute or a subscript, in brackets or not: may be annotated and take `+=`. */
export const SINGLE = 2;
/** May be deleted. */
export const DELETABLE = 4;
/** `*x`, or a display that contains one. */
export const STARRED = 8;
/** A name, without anything around it. */
export const NAME = 16;

export type Shape = number;

export const VARIABLE = TARGET | SINGLE | DELETABLE;

/** The shape of a tuple or a list of such parts: a target if every part is. */
export function joinShapes(first: Shape, second: Shape): Shape {
  return first & second & (TARGET | DELETABLE);
}

/** `()` and `[]` may be assigned to and deleted. */
export const EMPTY = TARGET | DELETABLE;
