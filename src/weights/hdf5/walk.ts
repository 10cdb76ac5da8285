import { Malformed } from '../../core/documents/malformed.ts';
import { Budget } from '../reading/budget.ts';
import type { TensorFacts } from '../reading/facts.ts';
import { countElementsOf } from '../reading/named.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { readTextAttribute } from './attributes.ts';
import type { Hdf5File } from './file.ts';
import { readLinks } from './links.ts';
import { type Message, messageType, readMessages } from './object-header.ts';
import { parseDataspace, parseDatatype } from './types.ts';

/** Groups and datasets of one file; a Keras model of 1,000 layers has 10,000. */
const MAX_OBJECTS = 200_000;

export interface Hdf5Content {
  /** Every dataset, by path, in the order of paths. */
  readonly tensors: readonly TensorFacts[];
  /** Attributes of the root group with a single text. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly complete: boolean;
}

interface Open {
  readonly path: string;
  readonly address: number;
}

/** Walks all groups from the root, each object once. */
export async function walkHdf5(file: Hdf5File): Promise<Hdf5Content> {
  const budget = new Budget();
  const tensors: TensorFacts[] = [];
  const seen = new Set<number>();
  let attributes = new Map<string, string>();
  let complete = true;
  for (const open: Open[] = [{ path: '', address: file.root }]; open.length > 0; ) {
    const { path, address } = open.pop() ?? { path: '', address: file.root };
    if (seen.has(address)) continue;
    seen.add(address);
    if (seen.size > MAX_OBJECTS) throw new Malformed(`it has more than ${MAX_OBJECTS} objects`, 0);
    budget.spend(path.length, file.base + address);
    const messages = await readMessages(file, address);
    if (path === '') attributes = await readAttributes(file, messages);
    const links = await readLinks(file, messages);
    if (links === undefined) {
      const tensor = describeDataset(file, path, messages);
      if (tensor) tensors.push(tensor);
      continue;
    }
    complete &&= links.complete;
    for (const { name, address: next } of links.links)
      open.push({ path: path === '' ? name : `${path}/${name}`, address: next });
  }
  tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { tensors, attributes, complete };
}

async function readAttributes(file: Hdf5File, messages: readonly Message[]): Promise<Map<string, string>> {
  const attributes = new Map<string, string>();
  for (const { type, bytes } of messages) {
    const attribute = type === messageType.attribute ? await readTextAttribute(file, bytes) : undefined;
    if (attribute) attributes.set(attribute.name, attribute.value);
  }
  return attributes;
}

/** The type of a dataset may be elsewhere, shared with others. */
const SHARED = 0x02;

function describeDataset(file: Hdf5File, name: string, messages: readonly Message[]): TensorFacts | undefined {
  const space = messages.find(({ type }) => type === messageType.dataspace);
  const type = messages.find((message) => message.type === messageType.datatype);
  const shape = space && parseDataspace(file, space.bytes);
  if (shape === undefined || type === undefined) return undefined;
  const sizes = shape.map(toSafeNumber);
  if (type.flags & SHARED) return { name, dtype: 'named', shape: sizes };
  const { name: dtype, size } = parseDatatype(type.bytes);
  return { name, dtype, shape: sizes, bytes: toSafeNumber(countElementsOf(sizes) * size) };
}
