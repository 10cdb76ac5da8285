import { posix } from 'node:path';
import type { FileTree } from '../../core/file-tree.ts';
import { findNameProblems } from '../../core/paths.ts';
import type { OnnxFacts } from '../reading/facts.ts';
import { Problems, quote, type WeightsProblem } from '../reading/problem.ts';
import type { TensorDraft } from './draft.ts';
import { bytesOf, tensorLabel } from './tensor-size.ts';

/**
 * Tensor data outside the model file. Keys as onnx.proto lists them; anything else has been used to set attributes of
 * the loader's own object (GHSA-538c-55jv-c5g9). onnxruntime adds `prepacked_…` keys of its own.
 */
const KEYS = new Set(['location', 'offset', 'length', 'checksum', 'basepath']);

export interface ExternalReference {
  readonly location: string;
  /** The first byte of the tensor. */
  readonly offset: number;
  /** The last byte needed, exclusive. */
  readonly end: number;
}

/** Location of a tensor's external data; if it is invalid, problems are added and undefined is returned. */
export function readExternalReference(
  tensor: TensorDraft,
  elements: bigint,
  problems: Problems,
): ExternalReference | undefined {
  const entries = new Map<string, string>();
  const fail = (code: 'weights/onnx-external-path' | 'weights/onnx-external-range', reason: string) => {
    problems.add(code, `${tensorLabel(tensor)}: ${reason}.`, { offset: tensor.offset });
    return undefined;
  };
  for (const { key, value } of tensor.external) {
    if (!KEYS.has(key) && !key.startsWith('prepacked_'))
      return fail('weights/onnx-external-path', `its external data has the unknown key ${quote(key)}`);
    if (entries.has(key)) return fail('weights/onnx-external-path', `its external data names ${quote(key)} twice`);
    entries.set(key, value);
  }
  // A valid form of the model's own folder.
  const location = entries.get('location')?.replace(/^(?:\.\/+)+/, '');
  if (!location) return fail('weights/onnx-external-path', 'its external data has no location');
  const [unsafe] = findNameProblems(location);
  if (unsafe)
    return fail(
      'weights/onnx-external-path',
      `its external data location ${quote(location)} is not safe: ${unsafe.message}`,
    );

  const needed = bytesOf(tensor.dtype, elements);
  if (needed === undefined) return fail('weights/onnx-external-range', 'its type cannot be external data');
  const offset = readNumber(entries.get('offset') ?? '0');
  const length = readNumber(entries.get('length') ?? String(needed));
  if (offset === undefined)
    return fail('weights/onnx-external-range', `offset ${quote(entries.get('offset') ?? '')} is not a number of bytes`);
  if (length === undefined)
    return fail('weights/onnx-external-range', `length ${quote(entries.get('length') ?? '')} is not a number of bytes`);
  if (BigInt(length) !== needed)
    return fail(
      'weights/onnx-external-range',
      `length is ${length} bytes where its type and dimensions need ${needed}`,
    );
  return { location, offset, end: offset + length };
}

/** Decimal digits only, as onnx.proto says; small enough that a sum of two stays exact. */
function readNumber(text: string): number | undefined {
  if (!/^[0-9]{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 2 ** 52 ? value : undefined;
}

/** The member of the tree a location stands for, seen from the model's own folder. */
export function externalMember(modelMember: string, location: string): string {
  return posix.join(posix.dirname(modelMember), location);
}

/**
 * Checks that every file of external data is a member of the archive and long enough. `modelMember` is the model's path
 * in `tree`.
 */
export async function checkExternalData(
  facts: OnnxFacts,
  modelMember: string,
  tree: FileTree,
): Promise<readonly WeightsProblem[]> {
  if (facts.externalData.length === 0) return [];
  const problems = new Problems();
  const sizes = new Map<string, number>((await tree.list()).map((entry) => [entry.path, entry.size]));
  for (const { location, end } of facts.externalData) {
    const member = externalMember(modelMember, location);
    const size = sizes.get(member);
    if (size === undefined) {
      problems.add(
        'weights/onnx-external-missing',
        `The model keeps tensors in ${quote(location)}, but the archive has no member ${quote(member)}.`,
        {
          hint: `Pack it with the model, at the same relative path: --extra-files ${location}`,
        },
      );
    } else if (size < end) {
      problems.add(
        'weights/onnx-external-range',
        `The model needs ${end} bytes of ${quote(member)}, which has ${size}.`,
        {
          hint: 'The file is truncated or belongs to another model; export both again.',
        },
      );
    }
  }
  return problems.list();
}
