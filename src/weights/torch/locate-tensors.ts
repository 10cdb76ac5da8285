import type { ByteSource } from '../../core/byte-source.ts';
import { sliceSource } from '../../core/byte-source.ts';
import type { TorchScriptFacts, TorchTensorFacts, TorchZipFacts } from '../reading/facts.ts';
import { readLenientZip } from '../zip/lenient-zip.ts';
import { openMember } from '../zip/open-member.ts';
import { itemBytes } from './dtypes.ts';

/** Bytes of a deflated storage that are inflated; torch stores them, other writers deflate small ones. */
const MAX_INFLATED_BYTES = 64 * 1024 ** 2;

/** The bytes of each tensor of a checkpoint; none of one that is a view with gaps, or lies in a large deflated storage. */
export async function locateTorchTensors(
  source: ByteSource,
  { tensors }: TorchZipFacts | TorchScriptFacts,
): Promise<ReadonlyMap<string, ByteSource>> {
  const { members } = await readLenientZip(source);
  const main = members.find(({ name }) => /^(?:[^/]+\/)?data\.pkl$/.test(name))?.name ?? '';
  const folder = `${main.slice(0, -'data.pkl'.length)}data/`;
  const byName = new Map(members.map((member) => [member.name, member]));
  const storages = new Map<string, ByteSource>();
  const located = new Map<string, ByteSource>();
  for (const tensor of tensors) {
    const member = byName.get(folder + tensor.storage);
    const range = findRange(tensor);
    if (member === undefined || range === undefined || located.has(tensor.name)) continue;
    if (member.method !== 0 && member.size > MAX_INFLATED_BYTES) continue;
    const storage = storages.get(tensor.storage) ?? (await openMember(source, member, member.size));
    storages.set(tensor.storage, storage);
    if (range.offset + range.size <= storage.size)
      located.set(tensor.name, sliceSource(storage, tensor.name, range.offset, range.size));
  }
  return located;
}

/** Undefined where the elements do not follow each other. */
function findRange({
  dtype,
  shape,
  stride,
  storageOffset,
}: TorchTensorFacts): { offset: number; size: number } | undefined {
  const width = itemBytes(dtype);
  if (width === undefined) return undefined;
  let elements = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis];
    if (typeof length !== 'number') return undefined;
    if (length > 1 && stride[axis] !== elements) return undefined;
    elements *= length;
  }
  return { offset: storageOffset * width, size: elements * width };
}
