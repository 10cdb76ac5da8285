import type { ByteSource } from '../../core/byte-source.ts';
import { walkMessage } from '../protobuf/walk.ts';
import { Budget } from '../reading/budget.ts';
import { Problems } from '../reading/problem.ts';
import { newModel, type OnnxSink, type TensorDraft } from './draft.ts';
import { readExternalReference } from './external-data.ts';
import { modelFields } from './messages.ts';
import { countElements } from './tensor-size.ts';

export interface TensorPlace {
  /** File of external data, seen from the model's folder; absent where the data lies in the model file. */
  readonly location?: string;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * Where the data of each initializer lies. A tensor that keeps its numbers in a typed list (`float_data`, …) has no place: its
 * bytes depend on the writer. The model is one that `readOnnx` read; a walk of its own keeps these places out of the facts.
 */
export async function locateOnnxTensors(source: ByteSource): Promise<ReadonlyMap<string, TensorPlace>> {
  const places = new Map<string, TensorPlace>();
  const sink: OnnxSink = {
    budget: new Budget(),
    problems: new Problems(),
    tensor(draft) {
      draft.initializes?.add(draft.name);
      const place = draft.role === 'initializer' ? findPlace(draft, sink.problems) : undefined;
      if (place !== undefined && !places.has(draft.name)) places.set(draft.name, place);
    },
    sparse() {},
    node() {},
  };
  await walkMessage(source, modelFields, newModel(sink));
  return places;
}

function findPlace(draft: TensorDraft, problems: Problems): TensorPlace | undefined {
  // TensorProto.DataLocation.EXTERNAL
  if (draft.dataLocation !== 1n)
    return draft.rawBytes === undefined ? undefined : { offset: draft.rawOffset, size: draft.rawBytes };
  const elements = countElements(draft.dims);
  const reference = typeof elements === 'bigint' ? readExternalReference(draft, elements, problems) : undefined;
  return (
    reference && { location: reference.location, offset: reference.offset, size: reference.end - reference.offset }
  );
}
