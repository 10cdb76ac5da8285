import { quote } from '../reading/problem.ts';
import type { TensorDraft } from './draft.ts';
import { dtypeName, findDtype } from './dtypes.ts';

/** More elements than any memory: also keeps sums of sizes exact. */
const MAX_ELEMENTS = 2n ** 53n;

/** Number of elements, or why the dimensions are invalid. */
export function countElements(dims: readonly bigint[]): bigint | string {
  let product = 1n;
  for (const dim of dims) {
    if (dim < 0n) return `dimension ${dim} is negative`;
    product *= dim;
    // A later 0 would make the product 0 again, but runtimes multiply in 64 bits and overflow first.
    if (product >= MAX_ELEMENTS) return `dimensions ${describeDims(dims)} hold more elements than 2^53`;
  }
  return product;
}

export function describeDims(dims: readonly bigint[]): string {
  return dims.length > 8 ? `${dims.slice(0, 8).join('x')}x...` : dims.join('x');
}

/** Bytes of `elements` of a type, rounded up to whole bytes for the sub-byte ones; undefined for strings. */
export function bytesOf(dtype: bigint, elements: bigint): bigint | undefined {
  const bits = findDtype(dtype)?.bits;
  return bits ? (elements * BigInt(bits) + 7n) / 8n : undefined;
}

/** What is wrong between a tensor's type and dimensions and its data in the model file; undefined if nothing is. */
export function findDataProblem(tensor: TensorDraft, elements: bigint): string | undefined {
  const dtype = findDtype(tensor.dtype);
  if (!dtype) return `its type is ${dtypeName(tensor.dtype)}`;
  const present = Object.keys(tensor.counts);
  if (tensor.rawBytes !== undefined) {
    if (present.length > 0) return `it has raw_data and ${present.join('_data, ')}_data at once`;
    const needed = bytesOf(tensor.dtype, elements);
    if (needed === undefined) return 'strings cannot be raw_data';
    if (BigInt(tensor.rawBytes) !== needed) {
      return `${dtype.name} ${describeDims(tensor.dims) || 'scalar'} needs ${needed} bytes and has ${tensor.rawBytes}`;
    }
    return undefined;
  }
  const [other] = present.filter((name) => name !== dtype.field);
  if (other) return `${dtype.name} is kept in ${other}_data instead of ${dtype.field}_data`;
  const found = BigInt(tensor.counts[dtype.field] ?? 0);
  const needed =
    dtype.perNumber < 1 ? elements * 2n : (elements + BigInt(dtype.perNumber) - 1n) / BigInt(dtype.perNumber);
  if (found === needed) return undefined;
  return `${dtype.name} ${describeDims(tensor.dims) || 'scalar'} needs ${needed} numbers in ${dtype.field}_data and has ${found}`;
}

export function tensorLabel(tensor: TensorDraft): string {
  return tensor.name ? `Tensor ${quote(tensor.name)}` : `A tensor without a name (${tensor.role})`;
}
