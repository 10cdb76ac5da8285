import { int32, one } from '../protobuf/fields.ts';
import { type Field, type Fields, message } from '../protobuf/walk.ts';
import type { AttributeDraft, OnnxSink, SparseDraft, TensorDraft } from './draft.ts';
import type { DataField } from './dtypes.ts';
import { dims, entries, type Sunk, walked, walkedEntries } from './fields.ts';

/** TensorProto and SparseTensorProto of onnx.proto. Elements are counted, never kept. */

function newTensor(sink: OnnxSink, role: TensorDraft['role'], more: Partial<TensorDraft> = {}): TensorDraft {
  return {
    sink,
    role,
    initializes: undefined,
    attribute: undefined,
    name: '',
    dims: [],
    dtype: 0n,
    offset: 0,
    rawBytes: undefined,
    rawOffset: 0,
    counts: {},
    external: [],
    dataLocation: 0n,
    ...more,
  };
}

const counted = (name: DataField, width: 0 | 4 | 8): Field<TensorDraft> => ({
  kind: 'numbers',
  width,
  put(tensor, seen) {
    tensor.counts[name] = (tensor.counts[name] ?? 0) + seen;
  },
});

const tensorFields: Fields<TensorDraft> = {
  1: dims(),
  2: int32('dtype'),
  3: walked(() => ({})),
  4: counted('float', 4),
  5: counted('int32', 0),
  6: {
    kind: 'bytes',
    put(tensor) {
      tensor.counts.string = (tensor.counts.string ?? 0) + 1;
    },
  },
  7: counted('int64', 0),
  8: { kind: 'text', put: (tensor, name, offset) => Object.assign(tensor, { name, offset }) },
  9: {
    kind: 'bytes',
    put: (tensor, rawBytes, offset) => Object.assign(tensor, { rawBytes, rawOffset: offset, offset }),
  },
  10: counted('double', 8),
  11: counted('uint64', 0),
  13: entries((tensor) => tensor.external),
  14: int32('dataLocation'),
  16: walkedEntries,
};

const sparseFields: Fields<SparseDraft> = {
  1: one<SparseDraft, TensorDraft>(
    'values',
    () => tensorFields,
    ({ sink }) => newTensor(sink, 'sparse part'),
  ),
  2: one<SparseDraft, TensorDraft>(
    'indices',
    () => tensorFields,
    ({ sink }) => newTensor(sink, 'sparse part'),
  ),
  3: dims(),
};

/** A tensor that is checked when its message ends; `initializes` is the graph's set of names it joins. */
export function initializer<T extends Sunk & { readonly initializers: Set<string> }>(): Field<T> {
  return message(
    () => tensorFields,
    ({ sink, initializers }) => newTensor(sink, 'initializer', { initializes: initializers }),
    (draft) => draft.sink.tensor(draft),
  );
}

export function sparseInitializer<T extends Sunk & { readonly initializers: Set<string> }>(): Field<T> {
  return sparse(({ sink, initializers }) => ({ ...newSparse(sink, 'initializer'), initializes: initializers }));
}

/** The value of an attribute. */
export function attributeTensor(): Field<AttributeDraft> {
  return message(
    () => tensorFields,
    (attribute) => newTensor(attribute.sink, 'attribute', { attribute }),
    (draft) => draft.sink.tensor(draft),
  );
}

export function attributeSparseTensor(): Field<AttributeDraft> {
  return sparse((attribute) => ({ ...newSparse(attribute.sink, 'attribute'), attribute }));
}

function sparse<T extends Sunk>(create: (parent: T) => SparseDraft): Field<T> {
  return message(
    () => sparseFields,
    create,
    (draft) => draft.sink.sparse(draft),
  );
}

function newSparse(sink: OnnxSink, role: SparseDraft['role']): SparseDraft {
  return { sink, role, initializes: undefined, attribute: undefined, dims: [], values: undefined, indices: undefined };
}
