import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFile } from '../../src/core/byte-source.ts';
import { readWeights } from '../../src/weights/index.ts';
import type { GgufFacts, TensorFacts, WeightsFacts } from '../../src/weights/reading/facts.ts';

/** Facts equal what each format's own library reported of the same files; `record_named.py` beside the fixtures asked them. */
const folder = new URL('../fixtures/weights/', import.meta.url);

function recorded<T>(name: string): [string, T][] {
  const text = readFileSync(new URL(`recorded-${name}.json`, folder), 'utf8');
  return Object.entries((JSON.parse(text) as { files: Record<string, T> }).files);
}

async function factsOf<F extends WeightsFacts['format']>(
  file: string,
  format: F,
): Promise<Extract<WeightsFacts, { format: F }>> {
  const source = await openFile(new URL(file, folder).pathname);
  try {
    const { facts, problems } = await readWeights(source, basename(file));
    expect(problems).toEqual([]);
    if (facts?.format !== format) throw new Error(`${facts?.format} is not ${format}`);
    return facts as Extract<WeightsFacts, { format: F }>; // its format was compared
  } finally {
    await source.close();
  }
}

interface RecordedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly elements: number;
}

describe('GGUF facts equal what gguf reports', () => {
  it.each(recorded<{ version: number; metadata: Record<string, unknown>; tensors: RecordedTensor[] }>('gguf'))(
    '%s',
    async (file, expected) => {
      const facts: GgufFacts = await factsOf(file, 'gguf');
      const shorten = (value: unknown) => (Array.isArray(value) ? value.length : value);
      const lengthOf = (value: GgufFacts['metadata'][string]) => (typeof value === 'object' ? value.length : value);
      const pairs = (metadata: Record<string, unknown>) => Object.entries(metadata).sort();
      expect(facts.version).toBe(expected.version);
      expect(
        pairs(facts.metadata).map(([key, value]) => [key, lengthOf(value as GgufFacts['metadata'][string])]),
      ).toEqual(pairs(expected.metadata).map(([key, value]) => [key, shorten(value)]));
      expect(facts.tensors).toEqual(expected.tensors.map(({ elements, ...tensor }) => tensor));
      expect(facts.parameters).toBe(expected.tensors.reduce((sum, { elements }) => sum + elements, 0));
    },
  );
});

interface RecordedHdf5 {
  readonly tensors: readonly RecordedTensor[];
  readonly attributes: Readonly<Record<string, string>>;
}

describe('HDF5 facts equal what h5py reports', () => {
  it.each([...recorded<RecordedHdf5>('hdf5'), ...recorded<RecordedHdf5>('keras-hdf5')])(
    '%s',
    async (file, expected) => {
      const facts = await factsOf(file, 'hdf5');
      expect(facts.complete).toBe(true);
      expect(facts.tensors).toEqual(expected.tensors);
      const { model_config: config, training_config: training, ...attributes } = expected.attributes;
      expect(facts.attributes).toMatchObject(attributes);
      expect(facts.keras?.version).toBe(expected.attributes.keras_version);
    },
  );
});

interface RecordedSignature {
  readonly inputs: readonly RecordedTensor[];
  readonly outputs: readonly RecordedTensor[];
}

interface RecordedTflite extends RecordedSignature {
  readonly version: number;
  readonly description: string;
  readonly operators: Readonly<Record<string, number>>;
  readonly tensors: readonly RecordedTensor[];
  readonly metadata: readonly string[];
}

describe('TensorFlow Lite facts equal what its schema reports', () => {
  it.each(recorded<RecordedTflite>('tflite'))('%s', async (file, expected) => {
    const { format, subgraphs, customOperators, parameters, ...facts } = await factsOf(file, 'tflite');
    expect(facts).toEqual(expected);
    expect(customOperators).toEqual([]);
    expect(parameters).toBeGreaterThanOrEqual(12);
  });
});

interface RecordedTensorflow {
  readonly schema?: number;
  readonly graphs?: readonly {
    readonly tags: readonly string[];
    readonly tensorflow: string;
    readonly signatures: Readonly<Record<string, RecordedSignature>>;
  }[];
  readonly operators?: Readonly<Record<string, number>>;
}

describe('TensorFlow facts equal what tensorflow reports', () => {
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

  it.each(recorded<RecordedTensorflow>('tensorflow'))('%s', async (file, { schema, graphs = [], operators }) => {
    if (operators !== undefined) return expect((await factsOf(file, 'tensorflow-graph')).operators).toEqual(operators);
    const facts = await factsOf(file, 'saved-model');
    expect(facts.schema).toBe(schema);
    const found = facts.graphs.map(({ tags, version, signatures }) => ({
      tags,
      tensorflow: version,
      signatures: Object.fromEntries(
        signatures.map(({ name, inputs, outputs }) => [
          name,
          { inputs: [...inputs].sort(byName), outputs: [...outputs].sort(byName) },
        ]),
      ),
    }));
    // A port without a type has no shape either.
    expect(JSON.parse(JSON.stringify(found).replaceAll(',"unranked":true', ''))).toEqual(graphs);
  });
});

interface RecordedCoreml extends RecordedSignature {
  readonly specificationVersion: number;
  readonly type: string;
  readonly description: string;
}

describe('Core ML facts equal what coremltools reports', () => {
  it.each(recorded<RecordedCoreml>('coreml'))('%s', async (file, expected) => {
    const { specificationVersion, type, description, inputs, outputs } = await factsOf(file, 'coreml');
    expect({ specificationVersion, type, description, inputs, outputs }).toEqual(expected);
  });
});

interface RecordedExecutorch {
  readonly identifier: string;
  readonly version: number;
  readonly methods: readonly (RecordedSignature & { readonly name: string; readonly operators: readonly string[] })[];
}

describe('ExecuTorch facts equal what executorch reports', () => {
  it.each(recorded<RecordedExecutorch>('executorch'))('%s', async (file, expected) => {
    const { identifier, version, methods } = await factsOf(file, 'executorch');
    const unnamed = (ports: readonly { dtype: string; shape: unknown }[]) =>
      ports.map(({ dtype, shape }) => ({ dtype, shape }));
    const found = methods.map(({ delegates, inputs, outputs, ...method }) => ({
      ...method,
      inputs: unnamed(inputs),
      outputs: unnamed(outputs),
    }));
    expect({ identifier, version, methods: found }).toEqual(expected);
  });
});

interface RecordedKeras {
  readonly version: string;
  readonly class: string;
  readonly name: string;
  readonly layers: readonly string[];
  readonly parameters: number;
}

describe('Keras facts equal what keras reports', () => {
  it.each(recorded<RecordedKeras>('keras').filter(([file]) => !file.includes('lambda')))(
    '%s',
    async (file, { layers, ...expected }) => {
      const { version, class: type, name, layers: counts, parameters } = await factsOf(file, 'keras');
      expect({ version, class: type, name, parameters }).toEqual(expected);
      for (const layer of layers) expect(counts[layer]).toBe(layers.filter((other) => other === layer).length);
    },
  );
});

interface RecordedSkops {
  readonly protocol: number;
  readonly skops: string;
  readonly class: string;
  readonly untrusted: readonly string[];
  readonly tensors: readonly { readonly dtype: string; readonly shape: readonly number[] }[];
}

describe('skops facts equal what skops reports', () => {
  it.each(recorded<RecordedSkops>('skops').filter(([file]) => !file.includes('function')))(
    '%s',
    async (file, expected) => {
      const facts = await factsOf(file, 'skops');
      expect(facts).toMatchObject({ protocol: expected.protocol, version: expected.skops, class: expected.class });
      expect(facts.types).toEqual(expect.arrayContaining([...expected.untrusted]));
      const sorted = (tensors: RecordedSkops['tensors']) =>
        tensors.map(({ dtype, shape }) => `${dtype} ${shape.join('x')}`).sort();
      expect(sorted(facts.tensors.map(({ dtype, shape }) => ({ dtype, shape: shape.map(Number) })))).toEqual(
        sorted(expected.tensors),
      );
    },
  );
});

interface RecordedExport {
  readonly archiveVersion: string;
  readonly schema: { readonly major: number; readonly minor: number };
  readonly torch: string;
  readonly tensors: readonly RecordedTensor[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

describe('torch.export facts equal what torch reports', () => {
  it.each(recorded<RecordedExport>('torch-export'))('%s', async (file, expected) => {
    const { archiveVersion, schema, torch, tensors, inputs, outputs } = await factsOf(file, 'torch-export');
    expect({ archiveVersion, schema, torch, tensors, inputs, outputs }).toEqual(expected);
  });
});

describe('OpenVINO facts equal what openvino reports', () => {
  it.each(recorded<RecordedSignature & { tensors: readonly RecordedTensor[] }>('openvino'))(
    '%s',
    async (file, expected) => {
      const { format, irVersion, parameters, operators, ...facts } = await factsOf(file, 'openvino');
      const unnamed = (ports: readonly TensorFacts[]) => ports.map(({ name, ...port }) => port);
      const { Const, SoftMax: Softmax, ...others } = operators;
      expect({
        ...facts,
        inputs: unnamed(facts.inputs),
        outputs: unnamed(facts.outputs),
        tensors: unnamed(facts.tensors),
        // The class of what the file calls Const, and of what it calls SoftMax.
        operators: { ...others, Constant: Const, Softmax },
      }).toEqual(expected);
      expect({ irVersion, parameters }).toEqual({ irVersion: 11, parameters: 12 });
    },
  );
});

interface RecordedXgboost {
  readonly objective: string;
  readonly booster: string;
  readonly features: number;
  readonly classes: number;
  readonly trees: number | null;
}

describe('XGBoost facts equal what xgboost reports', () => {
  it.each(recorded<RecordedXgboost>('xgboost'))('%s', async (file, expected) => {
    const { objective, booster, features, classes, trees = null } = await factsOf(file, 'xgboost');
    const { objective: o, booster: b, features: f, classes: c, trees: t } = expected;
    expect([objective, booster, features, classes, trees]).toEqual([o, b, f, c, t]);
  });
});

interface RecordedLightgbm {
  readonly trees: number;
  readonly features: number;
  readonly featureNames: readonly string[];
  readonly treesPerIteration: number;
}

describe('LightGBM facts equal what lightgbm reports', () => {
  it.each(recorded<RecordedLightgbm>('lightgbm'))('%s', async (file, expected) => {
    const { trees, features, featureNames, treesPerIteration } = await factsOf(file, 'lightgbm');
    expect({ trees, features, featureNames, treesPerIteration }).toEqual(expected);
  });
});
