import type { TensorFacts } from '../reading/facts.ts';
import type { GraphDraft, TypeDraft, ValueDraft } from './draft.ts';
import { dtypeName } from './dtypes.ts';

/**
 * Inputs that a caller must give: graph inputs without those filled by an initializer (before IR 4 every initializer
 * was an input too).
 */
export function readInputs(graph: GraphDraft): TensorFacts[] {
  return graph.inputs.filter(({ name }) => !graph.initializers.has(name)).map(toTensorFacts);
}

export function readOutputs(graph: GraphDraft): TensorFacts[] {
  return graph.outputs.map(toTensorFacts);
}

function toTensorFacts({ name, type }: ValueDraft): TensorFacts {
  const shape = isDense(type) ? type.shape : undefined;
  const base = { name, dtype: typeName(type), shape: shape ? shape.dims.map(readDim) : [] };
  return isDense(type) && !shape ? { ...base, unranked: true } : base;
}

function isDense(type: TypeDraft | undefined): type is TypeDraft {
  return type?.kind === 'tensor' || type?.kind === 'sparse';
}

/** Some exporters write a negative number for "free". */
function readDim({ value, symbol }: { value: bigint | undefined; symbol: string | undefined }): number | string | null {
  if (value !== undefined) return value >= 0n && value <= Number.MAX_SAFE_INTEGER ? Number(value) : null;
  return symbol || null;
}

/** A dense tensor is named by its dtype alone; other kinds wrap it: `sequence(map(int64,float32))`. Iterative, as nesting is the file's choice. */
function typeName(type: TypeDraft | undefined): string {
  let open = '';
  let closed = '';
  for (let at = type; ; at = at.element) {
    if (!at?.kind || at.kind === 'opaque') return `${open}${at?.kind ?? 'unknown'}${closed}`;
    if (at.kind === 'tensor') return `${open}${dtypeName(at.elemType)}${closed}`;
    if (at.kind === 'sparse') return `${open}sparse(${dtypeName(at.elemType)})${closed}`;
    open += at.kind === 'map' ? `map(${dtypeName(at.elemType)},` : `${at.kind}(`;
    closed += ')';
  }
}
