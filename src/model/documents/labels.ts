import { readJsonDocument } from '../../core/documents/json-document.ts';
import { toJsonPointer } from '../../core/documents/json-pointer.ts';
import { readMemberBytes } from '../../core/documents/text-member.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { Limits } from '../../core/limits.ts';

export const LABELS_FILE = 'index_to_name.json';

/** Bytes; the labels of 100,000 classes have about 5 MB. */
const LABELS_BYTES = 16 * 1024 ** 2;

/** Key of the form that lists names in the order of their classes; other keys next to it are ignored. */
const LIST_KEY = 'object_type_names';

export type LabelsReading =
  | {
      readonly kind: 'ok';
      /** Name by key. A class is looked up by its index in decimal digits: "7", never "07". */
      readonly names: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly pointer?: string };

/** index_to_name.json in each form that TorchServe's load_label_mapping accepts (contract 6.1). */
export async function readLabels(tree: FileTree, { documentDepth }: Limits): Promise<LabelsReading> {
  if (!(await tree.has(LABELS_FILE))) return { kind: 'missing' };
  const reading = await readMemberBytes(tree, LABELS_FILE, LABELS_BYTES);
  if (reading.kind !== 'ok') return reading;
  const document = readJsonDocument(reading.bytes, documentDepth);
  return document.kind === 'ok' ? parseLabels(document.value) : { kind: 'unreadable', reason: document.reason };
}

function parseLabels(value: unknown): LabelsReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'unreadable', reason: 'it is not an object from class indices to names', pointer: '' };
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  const list = entries.get(LIST_KEY);
  return list === undefined ? parseEntries(entries) : parseList(list);
}

function parseEntries(entries: ReadonlyMap<string, unknown>): LabelsReading {
  const names = new Map<string, string>();
  for (const [key, entry] of entries) {
    // ["n01440764", "tench"]: the last element is the name.
    const name: unknown = Array.isArray(entry) ? entry.at(-1) : entry;
    if (typeof name !== 'string') {
      const reason = `the name of ${JSON.stringify(key)} is not a text`;
      return { kind: 'unreadable', reason, pointer: toJsonPointer([key]) };
    }
    names.set(key, name);
  }
  return { kind: 'ok', names };
}

function parseList(list: unknown): LabelsReading {
  const pointer = `/${LIST_KEY}`;
  if (!Array.isArray(list)) return { kind: 'unreadable', reason: `${LIST_KEY} is not a list`, pointer };
  const wrong = list.findIndex((name) => typeof name !== 'string');
  if (wrong >= 0)
    return { kind: 'unreadable', reason: `name ${wrong} of ${LIST_KEY} is not a text`, pointer: `${pointer}/${wrong}` };
  return { kind: 'ok', names: new Map(list.map((name: string, index) => [String(index), name])) };
}
