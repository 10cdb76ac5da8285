import type { ByteSource } from '../core/byte-source.ts';
import { sliceSource } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import { externalMember } from './onnx/external-data.ts';
import { locateOnnxTensors } from './onnx/locate-tensors.ts';
import type { OnnxFacts, SafetensorsFacts, WeightsFacts } from './reading/facts.ts';
import { locateTorchTensors } from './torch/locate-tensors.ts';

export interface LocatedTensors {
  /** Name → its bytes in the file. Tensors of other formats, and those that do not lie in one piece, are not among them. */
  readonly bytes: ReadonlyMap<string, ByteSource>;
  close(): Promise<void>;
}

/** Finds the bytes of the tensors of a weights member that was read: `facts` are its facts. Nothing is copied. */
export async function locateTensors(tree: FileTree, member: string, facts: WeightsFacts): Promise<LocatedTensors> {
  const open: ByteSource[] = [];
  const openOnce = async (path: string) => {
    const source = await tree.open(path);
    open.push(source);
    return source;
  };
  const close = async () => {
    for (const source of open) await source.close();
  };
  try {
    return { bytes: await locate(tree, member, facts, openOnce), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Open = (path: string) => Promise<ByteSource>;

async function locate(
  tree: FileTree,
  member: string,
  facts: WeightsFacts,
  open: Open,
): Promise<ReadonlyMap<string, ByteSource>> {
  switch (facts.format) {
    case 'safetensors':
      return sliceSafetensors(await open(member), facts);
    case 'torch-zip':
    case 'torchscript':
      return locateTorchTensors(await open(member), facts);
    case 'onnx':
      return openOnnxTensors(tree, member, facts, open);
    default:
      return new Map();
  }
}

function sliceSafetensors(source: ByteSource, { tensors }: SafetensorsFacts): ReadonlyMap<string, ByteSource> {
  return new Map(tensors.map(({ name, offset, bytes = 0 }) => [name, sliceSource(source, name, offset, bytes)]));
}

async function openOnnxTensors(
  tree: FileTree,
  member: string,
  { externalData }: OnnxFacts,
  open: Open,
): Promise<ReadonlyMap<string, ByteSource>> {
  const model = await open(member);
  const files = new Map<string, ByteSource>();
  for (const { location, end } of externalData) {
    const path = externalMember(member, location);
    const file = (await tree.has(path)) ? await open(path) : undefined;
    if (file !== undefined && file.size >= end) files.set(location, file);
  }
  const located = new Map<string, ByteSource>();
  for (const [name, { location, offset, size }] of await locateOnnxTensors(model)) {
    const file = location === undefined ? model : files.get(location);
    if (file !== undefined) located.set(name, sliceSource(file, name, offset, size));
  }
  return located;
}
