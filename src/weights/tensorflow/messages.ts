import { int32, integer, many, one, text } from '../protobuf/fields.ts';
import { type Field, type Fields, message } from '../protobuf/walk.ts';
import type { Budget } from '../reading/budget.ts';
import type { TensorFacts } from '../reading/facts.ts';
import { toSafeNumber } from '../reading/safe-number.ts';

/** Messages of TensorFlow's graphs as far as their facts go (tensorflow/core/protobuf/meta_graph.proto, framework/graph.proto). */

export interface SavedModelDraft {
  readonly budget: Budget;
  schema: bigint;
  readonly graphs: MetaGraphDraft[];
}

export interface MetaGraphDraft {
  readonly budget: Budget;
  readonly tags: string[];
  version: string;
  readonly graph: GraphDraft;
  readonly signatures: SignatureDraft[];
}

export interface GraphDraft {
  readonly budget: Budget;
  /** Operator → number of nodes, those of functions included. */
  readonly operators: Map<string, number>;
}

export interface SignatureDraft {
  readonly budget: Budget;
  name: string;
  readonly inputs: PortDraft[];
  readonly outputs: PortDraft[];
}

export interface PortDraft {
  readonly budget: Budget;
  name: string;
  dtype: bigint;
  readonly shape: DimensionDraft[];
  unranked: bigint;
}

interface DimensionDraft {
  size: bigint;
}

interface NodeDraft {
  op: string;
}

const nodeFields: Fields<NodeDraft> = { 2: text('op') };

const nodes: Field<GraphDraft> = message(
  () => nodeFields,
  (graph: GraphDraft) => ({ graph, op: '' }),
  ({ graph, op }: NodeDraft & { graph: GraphDraft }) => {
    if (!graph.operators.has(op)) graph.budget.spend(op.length, 0);
    graph.operators.set(op, (graph.operators.get(op) ?? 0) + 1);
  },
);

/** FunctionDef: node_def is field 3. */
const functionFields: Fields<GraphDraft> = { 3: nodes };
const libraryFields: Fields<GraphDraft> = {
  1: message(
    () => functionFields,
    (graph: GraphDraft) => graph,
  ),
};
export const graphFields: Fields<GraphDraft> = {
  1: nodes,
  2: message(
    () => libraryFields,
    (graph: GraphDraft) => graph,
  ),
};

const dimensionFields: Fields<DimensionDraft> = {
  1: integer('size'),
};
const shapeFields: Fields<PortDraft> = {
  2: many(
    ({ shape }) => shape,
    () => dimensionFields,
    () => ({ size: 0n }),
  ),
  3: integer('unranked'),
};
const infoFields: Fields<PortDraft> = {
  2: int32('dtype'),
  3: message(
    () => shapeFields,
    (port: PortDraft) => port,
  ),
};

/** An entry of a map: the key is field 1, the value field 2. */
const portFields: Fields<PortDraft> = {
  1: text('name'),
  2: message(
    () => infoFields,
    (port: PortDraft) => port,
  ),
};

function ports(side: 'inputs' | 'outputs'): Field<SignatureDraft> {
  return many(
    (signature) => signature[side],
    () => portFields,
    ({ budget }) => ({ budget, name: '', dtype: 0n, shape: [], unranked: 0n }),
    ({ budget, name, shape }) => budget.spend(name.length + 64 * shape.length, 0),
  );
}

const signatureFields: Fields<SignatureDraft> = { 1: ports('inputs'), 2: ports('outputs') };
const signatureEntryFields: Fields<SignatureDraft> = {
  1: text('name'),
  2: message(
    () => signatureFields,
    (signature: SignatureDraft) => signature,
  ),
};

const infoOfGraphFields: Fields<MetaGraphDraft> = {
  4: {
    kind: 'text',
    put({ budget, tags }, value) {
      budget.spend(value.length, 0);
      tags.push(value);
    },
  },
  5: text('version'),
};

const metaGraphFields: Fields<MetaGraphDraft> = {
  1: message(
    () => infoOfGraphFields,
    (graph: MetaGraphDraft) => graph,
  ),
  2: one(
    'graph',
    () => graphFields,
    ({ graph }) => graph,
  ),
  5: many(
    ({ signatures }) => signatures,
    () => signatureEntryFields,
    ({ budget }) => ({ budget, name: '', inputs: [], outputs: [] }),
    ({ budget, name }) => budget.spend(name.length, 0),
  ),
};

export const savedModelFields: Fields<SavedModelDraft> = {
  1: integer('schema'),
  2: many(
    ({ graphs }) => graphs,
    () => metaGraphFields,
    ({ budget }) => {
      budget.spend(0, 0);
      return { budget, tags: [], version: '', graph: { budget, operators: new Map() }, signatures: [] };
    },
  ),
};

/** Types by number (framework/types.proto); a reference type (100 and more) has the name of its target. */
const dtypes = (
  'none float32 float64 int32 uint8 int16 int8 string complex64 int64 bool qint8 quint8 qint32 bfloat16 qint16 quint16 ' +
  'uint16 complex128 float16 resource variant uint32 uint64 float8_e5m2 float8_e4m3fn float8_e4m3fnuz float8_e4m3b11fnuz ' +
  'float8_e5m2fnuz int4 uint4 int2 uint2'
).split(' ');

export function toPort({ name, dtype, shape, unranked }: PortDraft): TensorFacts {
  const number = Number(dtype) % 100;
  return {
    name,
    dtype: dtypes[number] ?? `type ${number}`,
    shape: shape.map(({ size }) => (size < 0n ? null : toSafeNumber(size))),
    ...(unranked !== 0n && { unranked: true as const }),
  };
}
