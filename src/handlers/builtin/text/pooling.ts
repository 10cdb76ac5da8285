/** The vectors of a text's tokens → one vector, as sentence-transformers makes it. */
import type { Pooling } from '../../../model/config/handler-keys.ts';

export interface TokenVectors {
  /** A vector a token, one after the other; those beyond `length` are padding. */
  readonly values: Float32Array;
  readonly length: number;
  readonly dimensions: number;
}

export function pool({ values, length, dimensions }: TokenVectors, pooling: Pooling): Float32Array {
  const at = (token: number) => values.slice(token * dimensions, (token + 1) * dimensions);
  switch (pooling) {
    case 'none':
    case 'cls':
      return at(0);
    case 'last':
      return at(Math.max(0, length - 1));
    case 'mean':
      return Float32Array.from({ length: dimensions }, (_, i) => sumOf(values, i, length, dimensions) / length);
    case 'max':
      return Float32Array.from({ length: dimensions }, (_, i) => greatest(values, i, length, dimensions));
  }
}

function sumOf(values: Float32Array, start: number, count: number, step: number): number {
  let sum = 0;
  for (let token = 0; token < count; token++) sum += values[start + token * step] ?? NaN;
  return sum;
}

function greatest(values: Float32Array, start: number, count: number, step: number): number {
  let most = -Infinity;
  for (let token = 0; token < count; token++) most = Math.max(most, values[start + token * step] ?? NaN);
  return most;
}

/** torch's normalize: nothing is divided by less. */
const LEAST_LENGTH = 1e-12;

/** The same direction, of length 1. */
export function toUnit(vector: Float32Array): Float32Array {
  const length = Math.max(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)), LEAST_LENGTH);
  return vector.map((value) => value / length);
}
