import { readAll } from '../../core/byte-source.ts';
import { readJsonDocument } from '../../core/documents/json-document.ts';
import type { Subject } from '../facts.ts';

export const LABELS_FILE = 'index_to_name.json';

/** The labels of 100,000 classes have about 5 MB. */
const LABELS_BYTES = 16 * 1024 ** 2;

export type LabelsReading =
  | { readonly kind: 'ok'; readonly indices: ReadonlySet<number>; readonly names: readonly string[] }
  | { readonly kind: 'invalid'; readonly reason: string; readonly pointer?: string };

/** index_to_name.json in each form TorchServe takes (contract 6.1); undefined when there is none. */
export async function readLabelsFile({ tree, limits }: Subject): Promise<LabelsReading | undefined> {
  if (!(await tree.has(LABELS_FILE))) return undefined;
  const source = await tree.open(LABELS_FILE);
  try {
    if (source.size > LABELS_BYTES)
      return { kind: 'invalid', reason: `it has ${source.size} bytes, more than the limit of ${LABELS_BYTES}` };
    const document = readJsonDocument(await readAll(source, LABELS_BYTES), limits.documentDepth);
    return document.kind === 'ok' ? parseLabels(document.value) : { kind: 'invalid', reason: document.reason };
  } finally {
    await source.close();
  }
}

function parseLabels(value: unknown): LabelsReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'invalid', reason: 'it is no object from class numbers to names', pointer: '' };
  }
  if ('object_type_names' in value) return parseList(value.object_type_names);
  const names: string[] = [];
  const indices = new Set<number>();
  for (const [key, entry] of Object.entries(value)) {
    const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!/^\d{1,9}$/.test(key))
      return { kind: 'invalid', reason: `the key ${JSON.stringify(key)} is no class number`, pointer };
    // ["n01440764", "tench"]: the last element is the name.
    const name: unknown = Array.isArray(entry) ? entry.at(-1) : entry;
    if (typeof name !== 'string') return { kind: 'invalid', reason: `the name of class ${key} is no text`, pointer };
    indices.add(Number(key));
    names.push(name);
  }
  return { kind: 'ok', indices, names };
}

function parseList(list: unknown): LabelsReading {
  const pointer = '/object_type_names';
  if (!Array.isArray(list)) return { kind: 'invalid', reason: 'object_type_names is no list', pointer };
  const wrong = list.findIndex((name) => typeof name !== 'string');
  if (wrong >= 0)
    return { kind: 'invalid', reason: `name ${wrong} of object_type_names is no text`, pointer: `${pointer}/${wrong}` };
  return { kind: 'ok', indices: new Set(list.keys()), names: list as string[] };
}
