import type { ByteSource } from '../../core/byte-source.ts';
import { int32, many, text } from '../protobuf/fields.ts';
import { readTopFields } from '../protobuf/top-fields.ts';
import { type Field, type Fields, message, walkMessage } from '../protobuf/walk.ts';
import { Budget } from '../reading/budget.ts';
import type { CoremlFacts, TensorFacts } from '../reading/facts.ts';
import { readNamed } from '../reading/named.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { coremlTypes } from './types.ts';

interface Draft {
  readonly budget: Budget;
  version: bigint;
  readonly inputs: FeatureDraft[];
  readonly outputs: FeatureDraft[];
  description: string;
  author: string;
  license: string;
}

interface FeatureDraft {
  name: string;
  dtype: string;
  shape: bigint[];
}

const arrayTypes: Readonly<Record<number, string>> = {
  65552: 'float16',
  65568: 'float32',
  65600: 'float64',
  131104: 'int32',
  131080: 'int8',
};
const arrayFields: Fields<FeatureDraft> = {
  1: {
    kind: 'integer',
    put({ shape }, value) {
      if (shape.length < 64) shape.push(value);
    },
  },
  2: {
    kind: 'integer',
    put(feature, value) {
      feature.dtype = arrayTypes[Number(value)] ?? 'array';
    },
  },
};
const imageFields: Fields<FeatureDraft> = {
  1: {
    kind: 'integer',
    put(feature, value) {
      feature.shape[0] = value;
    },
  },
  2: {
    kind: 'integer',
    put(feature, value) {
      feature.shape[1] = value;
    },
  },
};
/** FeatureType: int64, double, string, image, multiArray, dictionary, sequence. */
const typeFields: Fields<FeatureDraft> = {
  1: kind('int64'),
  2: kind('float64'),
  3: kind('string'),
  4: kind('image', imageFields),
  5: kind('array', arrayFields),
  6: kind('dictionary'),
  7: kind('sequence'),
};
function kind(dtype: string, fields: Fields<FeatureDraft> = {}): Field<FeatureDraft> {
  return message(
    () => fields,
    (feature: FeatureDraft) => {
      feature.dtype = dtype;
      return feature;
    },
  );
}
const featureFields: Fields<FeatureDraft> = {
  1: text('name'),
  3: message(
    () => typeFields,
    (feature: FeatureDraft) => feature,
  ),
};

function features(side: 'inputs' | 'outputs'): Field<Draft> {
  return many(
    (draft) => draft[side],
    () => featureFields,
    ({ budget }) => {
      budget.spend(512, 0);
      return { name: '', dtype: 'unknown', shape: [] };
    },
  );
}

const metadataFields: Fields<Draft> = { 1: text('description'), 3: text('author'), 4: text('license') };
const descriptionFields: Fields<Draft> = {
  1: features('inputs'),
  10: features('outputs'),
  100: message(
    () => metadataFields,
    (draft: Draft) => draft,
  ),
};
const modelFields: Fields<Draft> = {
  1: int32('version'),
  2: message(
    () => descriptionFields,
    (draft: Draft) => draft,
  ),
};

/** Facts of a CoreML model (.mlmodel, or the one inside an .mlpackage); its layers are not walked. */
export function readCoreml(source: ByteSource): Promise<WeightsReading> {
  return readNamed('coreml', async (): Promise<CoremlFacts> => {
    const draft: Draft = {
      budget: new Budget(),
      version: 0n,
      inputs: [],
      outputs: [],
      description: '',
      author: '',
      license: '',
    };
    await walkMessage(source, modelFields, draft);
    const { description, author, license } = draft;
    const fields = [...((await readTopFields(source)) ?? new Map()).keys()];
    const type = fields.map((number) => coremlTypes[number]).find((name) => name !== undefined);
    return {
      format: 'coreml',
      specificationVersion: toSafeNumber(draft.version),
      ...(type !== undefined && { type }),
      description,
      author,
      license,
      inputs: draft.inputs.map(toFeature),
      outputs: draft.outputs.map(toFeature),
      tensors: [],
    };
  });
}

function toFeature({ name, dtype, shape }: FeatureDraft): TensorFacts {
  return { name, dtype, shape: shape.map((size) => (size === undefined || size < 0n ? null : toSafeNumber(size))) };
}
