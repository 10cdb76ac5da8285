import type { TensorFacts } from '../../../weights/reading/facts.ts';
import { showText } from '../../text.ts';

/** `float32[batch,3,224,224]`; `?` is an unnamed dimension, `float32` a scalar, `float32[…]` any shape. */
export function formatTensor({ dtype, shape, unranked }: Omit<TensorFacts, 'name' | 'bytes'>): string {
  if (unranked) return `${dtype}[…]`;
  if (shape.length === 0) return dtype;
  return `${dtype}[${shape.map((size) => (size === null ? '?' : showText(String(size)))).join(',')}]`;
}
