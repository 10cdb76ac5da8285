import { int32, many, one, text } from '../protobuf/fields.ts';
import { type Field, type Fields, message } from '../protobuf/walk.ts';
import type { DimDraft, ShapeDraft, TypeDraft, ValueDraft } from './draft.ts';
import { type Sunk, walkedEntries } from './fields.ts';

/** ValueInfoProto, TypeProto and TensorShapeProto of onnx.proto. */

export function newValue({ sink }: Sunk): ValueDraft {
  return { sink, name: '', type: undefined };
}

export function endValue({ sink, name }: ValueDraft): void {
  sink.budget.spend(name.length, 0);
}

export function newType({ sink }: Sunk): TypeDraft {
  sink.budget.spend(0, 0);
  return { sink, kind: undefined, elemType: 0n, shape: undefined, element: undefined };
}

/** `oneof value`: the member seen last is the kind; its own fields land in the same draft. */
function member(kind: NonNullable<TypeDraft['kind']>, fields: () => Fields<TypeDraft>): Field<TypeDraft> {
  return message(fields, (type) => {
    if (type.kind !== kind) Object.assign(type, { ...newType(type), kind });
    return type;
  });
}

export const typeFields: Fields<TypeDraft> = {
  1: member('tensor', () => denseFields),
  4: member('sequence', () => ({ 1: element })),
  5: member('map', () => ({ 1: int32('elemType'), 2: element })),
  7: member('opaque', () => ({})),
  8: member('sparse', () => denseFields),
  9: member('optional', () => ({ 1: element })),
};

const element: Field<TypeDraft> = one<TypeDraft, TypeDraft>('element', () => typeFields, newType);

const denseFields: Fields<TypeDraft> = {
  1: int32('elemType'),
  2: one<TypeDraft, ShapeDraft>(
    'shape',
    () => shapeFields,
    ({ sink }) => ({ sink, dims: [] }),
  ),
};

const shapeFields: Fields<ShapeDraft> = {
  1: many(
    (shape) => shape.dims,
    () => dimFields,
    ({ sink }): DimDraft => ({ sink, value: undefined, symbol: undefined }),
    ({ sink, symbol }) => sink.budget.spend(symbol?.length ?? 0, 0),
  ),
};

/** `oneof`: a later member replaces an earlier one. */
const dimFields: Fields<DimDraft> = {
  1: { kind: 'integer', put: (dim, value) => Object.assign(dim, { value, symbol: undefined }) },
  2: { kind: 'text', put: (dim, symbol) => Object.assign(dim, { value: undefined, symbol }) },
};

export const valueFields: Fields<ValueDraft> = {
  1: text('name'),
  2: one<ValueDraft, TypeDraft>('type', () => typeFields, newType),
  4: walkedEntries,
};
