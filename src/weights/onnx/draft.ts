import type { Budget } from '../reading/budget.ts';
import type { Problems } from '../reading/problem.ts';
import type { DataField } from './dtypes.ts';

/**
 * What is filled in while the messages of a model are walked, in whatever order its fields come. A tensor is judged
 * and let go when its message ends, so memory does not grow with the model.
 */
export interface ModelDraft {
  irVersion: bigint | undefined;
  producerName: string;
  producerVersion: string;
  opsets: OpsetDraft[];
  metadata: EntryDraft[];
  /** Repeated `graph` fields merge into one, as protobuf merges a singular message. */
  graph: GraphDraft | undefined;
  /** `domain::name` of functions the model defines itself. */
  functions: Set<string>;
  readonly sink: OnnxSink;
}

/** What all parts of one model report to. */
export interface OnnxSink {
  readonly budget: Budget;
  readonly problems: Problems;
  /** A tensor that is complete. Only initializers are facts of the model; all are checked. */
  tensor(draft: TensorDraft): void;
  sparse(draft: SparseDraft): void;
  node(domain: string, type: string): void;
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

export interface GraphDraft {
  readonly sink: OnnxSink;
  readonly inputs: ValueDraft[];
  readonly outputs: ValueDraft[];
  readonly initializers: Set<string>;
}

export interface NodeDraft {
  readonly sink: OnnxSink;
  type: string;
  domain: string;
}

export interface FunctionDraft {
  readonly sink: OnnxSink;
  readonly functions: Set<string>;
  name: string;
  domain: string;
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
  name: string;
  dims: bigint[];
  dtype: bigint;
  /** Where its name or data stands, for problems. */
  offset: number;
  rawBytes: number | undefined;
  /** Numbers seen in each `*_data` field. */
  readonly counts: Partial<Record<DataField, number>>;
  readonly external: EntryDraft[];
  dataLocation: bigint;
}

export interface SparseDraft {
  readonly sink: OnnxSink;
  readonly role: 'initializer' | 'attribute';
  readonly initializes: Set<string> | undefined;
  dims: bigint[];
  values: TensorDraft | undefined;
  indices: TensorDraft | undefined;
}
