import type { TensorFacts } from '../../weights/reading/facts.ts';

/** `float32[batch,3,224,224]`, as `mar inspect` prints it: what two tensors are compared by. */
export function describeTensor({ dtype, shape, unranked }: TensorFacts): string {
  if (unranked) return `${dtype}[…]`;
  return shape.length === 0 ? dtype : `${dtype}[${shape.map((size) => size ?? '?').join(',')}]`;
}
