import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { type Field, type Fields, message, walkMessage } from '../protobuf/walk.ts';

interface AttributeDraft {
  readonly node: NodeDraft;
  name: string;
  readonly labels: string[];
}

interface NodeDraft {
  readonly found: Map<string, readonly string[]>;
  output: string | undefined;
  operator: string;
  labels: readonly string[];
}

type Found = Map<string, readonly string[]>;

/** Output of a ZipMap → the classes it names, in the order of their columns. Empty for what is no ONNX model. */
export async function readZipMapLabels(source: ByteSource): Promise<ReadonlyMap<string, readonly string[]>> {
  const found: Found = new Map();
  try {
    await walkMessage(source, modelFields, found);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return new Map();
  }
  return found;
}

const text = <T>(put: (target: T, value: string) => void): Field<T> => ({ kind: 'text', put });

const attributeFields: Fields<AttributeDraft> = {
  1: text((attribute, value) => {
    attribute.name = value;
  }),
  8: { kind: 'integer', put: (attribute, value) => void attribute.labels.push(String(value)) },
  9: text((attribute, value) => void attribute.labels.push(value)),
};

const LABELS: ReadonlySet<string> = new Set(['classlabels_strings', 'classlabels_int64s']);

const nodeFields: Fields<NodeDraft> = {
  2: text((node, value) => {
    node.output ??= value;
  }),
  4: text((node, value) => {
    node.operator = value;
  }),
  5: message(
    () => attributeFields,
    (node): AttributeDraft => ({ node, name: '', labels: [] }),
    ({ node, name, labels }) => {
      if (LABELS.has(name) && labels.length > 0) node.labels = labels;
    },
  ),
};

const graphFields: Fields<Found> = {
  1: message(
    () => nodeFields,
    (found): NodeDraft => ({ found, output: undefined, operator: '', labels: [] }),
    ({ found, output, operator, labels }) => {
      if (operator === 'ZipMap' && output !== undefined) found.set(output, labels);
    },
  ),
};

const modelFields: Fields<Found> = {
  7: message(
    () => graphFields,
    (found) => found,
  ),
};
