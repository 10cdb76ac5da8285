import type { Budget } from '../reading/budget.ts';
import type { Problems } from '../reading/problem.ts';
import type { DataField } from './dtypes.ts';
import type { Calls } from './functions.ts';

/**
 * Filled in while the messages of a model are walked, in any order of fields. A tensor is checked and discarded when
 * its message ends, so memory does not grow with the model.
 */
export interface ModelDraft {
  irVersion: bigint | undefined;
  producerName: string;
  producerVersion: string;
  opsets: OpsetDraft[];
  metadata: EntryDraft[];
  /** Repeated `graph` fields merge into one, as protobuf merges a singular message. */
  graph: GraphDraft | undefined;
  /** Functions the model defines itself, by the name their calls use, with what their bodies call. */
  readonly functions: Map<string, Calls>;
  /** What the graph calls. */
  readonly calls: Calls;
  readonly sink: OnnxSink;
}

/** The common target of all parts of one model. */
export interface OnnxSink {
  readonly budget: Budget;
  readonly problems: Problems;
  /** A complete tensor. Only initializers are facts of the model; all are checked. */
  tensor(draft: TensorDraft): void;
  sparse(draft: SparseDraft): void;
  node(node: NodeDraft): void;
}

export interface OpsetDraft {
  readonly sink: OnnxSink;
  domain: string;
  version: bigint;
}

export interface EntryDraft {
  readonly sink: OnnxSink;
  key: string;
  value: string;
}

export interface GraphDraft extends Body {
  readonly inputs: ValueDraft[];
  readonly outputs: ValueDraft[];
  readonly initializers: Set<string>;
}

/** A graph or the body of a function, and everything inside. */
export interface Body {
  readonly sink: OnnxSink;
  /** Counts the calls of the graph or function this belongs to. */
  readonly calls: Calls;
}

export interface NodeDraft extends Body {
  type: string;
  domain: string;
  overload: string;
  /** Weights in its attributes: those of a Constant belong to the model. */
  elements: bigint;
}

export interface AttributeDraft extends Body {
  /** Absent for a default of a function. */
  readonly node: NodeDraft | undefined;
}

export interface FunctionDraft extends Body {
  readonly functions: Map<string, Calls>;
  name: string;
  domain: string;
  overload: string;
}

export interface ValueDraft {
  readonly sink: OnnxSink;
  name: string;
  type: TypeDraft | undefined;
}

/** A TypeProto: the kind is the `oneof` member that came last. */
export interface TypeDraft {
  readonly sink: OnnxSink;
  kind: 'tensor' | 'sparse' | 'sequence' | 'optional' | 'map' | 'opaque' | undefined;
  elemType: bigint;
  shape: ShapeDraft | undefined;
  element: TypeDraft | undefined;
}

export interface ShapeDraft {
  readonly sink: OnnxSink;
  readonly dims: DimDraft[];
}

export interface DimDraft {
  readonly sink: OnnxSink;
  value: bigint | undefined;
  symbol: string | undefined;
}

export interface TensorDraft {
  readonly sink: OnnxSink;
  readonly role: 'initializer' | 'attribute' | 'sparse part';
  /** Names of the graph it initializes. */
  readonly initializes: Set<string> | undefined;
  /** The attribute it is the value of. */
  readonly attribute: AttributeDraft | undefined;
  name: string;
  dims: bigint[];
  dtype: bigint;
  /** Location of its name or data, for problems. */
  offset: number;
  rawBytes: number | undefined;
  /** Where raw_data begins in the file. */
  rawOffset: number;
  /** Numbers seen in each `*_data` field. */
  readonly counts: Partial<Record<DataField, number>>;
  readonly external: EntryDraft[];
  dataLocation: bigint;
}

/** A model of which nothing is read yet. */
export function newModel(sink: OnnxSink): ModelDraft {
  return {
    irVersion: undefined,
    producerName: '',
    producerVersion: '',
    opsets: [],
    metadata: [],
    graph: undefined,
    functions: new Map(),
    calls: new Map(),
    sink,
  };
}

export interface SparseDraft {
  readonly sink: OnnxSink;
  readonly role: 'initializer' | 'attribute';
  readonly initializes: Set<string> | undefined;
  readonly attribute: AttributeDraft | undefined;
  dims: bigint[];
  values: TensorDraft | undefined;
  indices: TensorDraft | undefined;
}
