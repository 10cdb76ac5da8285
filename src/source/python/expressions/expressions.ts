import type { Cursor } from '../tokens/cursor.ts';
import { toFunction } from '../tokens/scope.ts';
import { readArguments, readSubscript } from './calls.ts';
import { readBraces, readParentheses, readSquare } from './displays.ts';
import type { Expressions } from './grammar.ts';
import { readParameters } from './parameters.ts';
import { joinShapes, NAME, OTHER, type Shape, STARRED, TARGET, VARIABLE } from './shape.ts';
import { readStrings } from './strings.ts';

const binding: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '@': 6,
};

/** Chains are read in loops, so that only brackets nest, and the tokenizer limits those. */
function readExpression(cursor: Cursor): Shape {
  const outer = cursor.scope;
  let shape = OTHER;
  let isCompound = false;
  for (;;) {
    while (cursor.accept('lambda')) {
      readParameters(cursor, expressions, 'lambda');
      cursor.expect(':');
      cursor.scope = toFunction('lambda');
      isCompound = true;
    }
    shape = readDisjunction(cursor);
    if (!cursor.accept('if')) break;
    isCompound = true;
    readDisjunction(cursor);
    if (!cursor.accept('else')) cursor.fail('the conditional expression has no else');
  }
  cursor.scope = outer;
  return isCompound ? OTHER : shape;
}

function readNamed(cursor: Cursor): Shape {
  const isName = cursor.kind === 'NAME' && cursor.peek(1) === ':=';
  if (!isName) {
    const shape = readExpression(cursor);
    if (cursor.kind === ':=') cursor.fail('":=" needs a plain name before it');
    return shape;
  }
  cursor.scope.names?.add(cursor.word());
  cursor.next();
  cursor.next();
  readExpression(cursor);
  return OTHER;
}

function readStarNamed(cursor: Cursor): Shape {
  return cursor.accept('*') ? star(readBitwise(cursor)) : readNamed(cursor);
}

function star(shape: Shape): Shape {
  return (shape & TARGET) | STARRED;
}

function readExpressions(cursor: Cursor): Shape {
  const first = cursor.index;
  const one = () => (cursor.accept('*') ? star(readBitwise(cursor)) : readExpression(cursor));
  let shape = one();
  if (cursor.kind !== ',') {
    if (shape & STARRED) cursor.fail('a starred expression needs a comma after it', first);
    return shape;
  }
  shape = joinShapes(shape, shape);
  while (cursor.accept(',')) {
    if (!startsExpression(cursor.kind)) break;
    shape = joinShapes(shape, one());
  }
  return shape;
}

const starters = new Set(`NAME NUMBER STRING f" ( [ { - + ~ * not lambda await None True False ...`.split(' '));

export function startsExpression(kind: string): boolean {
  return starters.has(kind);
}

function readDisjunction(cursor: Cursor): Shape {
  let shape = readInversion(cursor);
  while (cursor.kind === 'or' || cursor.kind === 'and') {
    cursor.next();
    readInversion(cursor);
    shape = OTHER;
  }
  return shape;
}

function readInversion(cursor: Cursor): Shape {
  let isPlain = true;
  while (cursor.accept('not')) isPlain = false;
  const shape = readBitwise(cursor);
  while (acceptComparison(cursor)) {
    readBitwise(cursor);
    isPlain = false;
  }
  return isPlain ? shape : OTHER;
}

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'is', '<>']);

function acceptComparison(cursor: Cursor): boolean {
  const { kind } = cursor;
  if (kind === 'not' && cursor.peek(1) === 'in') cursor.next();
  else if (!comparisons.has(kind)) return false;
  // A joke of Python's own: `from __future__ import barry_as_FLUFL`.
  if (kind === '<>' && !cursor.text.includes('barry_as_FLUFL')) cursor.fail('"<>" is Python 2; Python 3 has "!="');
  cursor.next();
  if (kind === 'is') cursor.accept('not');
  return true;
}

function readBitwise(cursor: Cursor, level = 1): Shape {
  let shape = readFactor(cursor);
  for (let bound = binding[cursor.kind] ?? 0; bound >= level; bound = binding[cursor.kind] ?? 0) {
    cursor.next();
    readBitwise(cursor, bound + 1);
    shape = OTHER;
  }
  return shape;
}

/** Signs and powers: `-a ** -b ** c`. */
function readFactor(cursor: Cursor): Shape {
  let isPlain = true;
  for (;;) {
    while (cursor.accept('-') || cursor.accept('+') || cursor.accept('~')) isPlain = false;
    // A generator may await anywhere, so the place of await is not checked.
    if (cursor.accept('await')) isPlain = false;
    const shape = readPrimary(cursor);
    if (!cursor.accept('**')) return isPlain ? shape : OTHER;
    isPlain = false;
  }
}

function readPrimary(cursor: Cursor): Shape {
  let shape = readAtom(cursor);
  for (;;) {
    if (cursor.accept('.')) {
      cursor.readName();
      shape = VARIABLE;
    } else if (cursor.kind === '(') {
      readArguments(cursor, expressions, { mayBeGenerator: true });
      shape = OTHER;
    } else if (cursor.kind === '[') {
      readSubscript(cursor, expressions);
      shape = VARIABLE;
    } else return shape;
  }
}

function readAtom(cursor: Cursor): Shape {
  switch (cursor.kind) {
    case 'NAME':
      cursor.next();
      return VARIABLE | NAME;
    case 'STRING':
    case 'f"':
      readStrings(cursor, expressions);
      return OTHER;
    case '(':
      return readParentheses(cursor, expressions);
    case '[':
      return readSquare(cursor, expressions);
    case '{':
      readBraces(cursor, expressions);
      return OTHER;
    case 'NUMBER':
    case 'None':
    case 'True':
    case 'False':
    case '...':
      cursor.next();
      return OTHER;
    default:
      return cursor.fail();
  }
}

/** A name, an attribute, a subscript, or a display of them. */
function readTarget(cursor: Cursor): Shape {
  const first = cursor.index;
  const shape = cursor.accept('*') ? star(readPrimary(cursor)) : readPrimary(cursor);
  if (!(shape & TARGET)) cursor.fail('nothing can be assigned to this', first);
  return shape;
}

function readTargets(cursor: Cursor): Shape {
  const first = cursor.index;
  const shape = readTarget(cursor);
  if (cursor.kind !== ',' && shape & STARRED) cursor.fail('a starred target needs a comma after it', first);
  while (cursor.accept(',')) {
    if (cursor.kind === 'in') break;
    readTarget(cursor);
  }
  return TARGET;
}

function readYield(cursor: Cursor): Shape {
  const { kind } = cursor.scope;
  if (kind === 'module' || kind === 'class') cursor.fail('yield is outside a function');
  cursor.expect('yield');
  if (cursor.accept('from')) readExpression(cursor);
  else if (startsExpression(cursor.kind)) readExpressions(cursor);
  return OTHER;
}

export const expressions: Expressions = {
  expression: readExpression,
  named: readNamed,
  starNamed: readStarNamed,
  list: readExpressions,
  bitwise: readBitwise,
  disjunction: readDisjunction,
  primary: readPrimary,
  target: readTarget,
  targets: readTargets,
  yield: readYield,
};
