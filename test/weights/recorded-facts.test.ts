import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFile } from '../../src/core/byte-source.ts';
import { readWeights, weightsRules } from '../../src/weights/index.ts';
import type {
  NumpyFacts,
  OnnxFacts,
  SafetensorsFacts,
  TorchTensorFacts,
  WeightsFacts,
} from '../../src/weights/reading/facts.ts';
import { findSafetensorsDtype } from '../../src/weights/safetensors/dtypes.ts';

/** Facts equal what the official libraries reported of the same files; `record.py` beside the fixtures asked them. */
const folder = new URL('../fixtures/weights/', import.meta.url);

function recorded<T>(library: string): [string, T][] {
  const text = readFileSync(new URL(`recorded-${library}.json`, folder), 'utf8');
  return Object.entries((JSON.parse(text) as { files: Record<string, T> }).files);
}

async function factsOf(url: URL): Promise<WeightsFacts> {
  const source = await openFile(url.pathname);
  try {
    const { facts, problems } = await readWeights(source, basename(url.pathname));
    expect(problems.filter(({ rule }) => weightsRules[rule].severity !== 'info')).toEqual([]);
    if (!facts) throw new Error('no facts');
    return facts;
  } finally {
    await source.close();
  }
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

interface RecordedTorch {
  readonly format: string;
  readonly protocol?: number;
  readonly globals?: readonly string[];
  readonly tensors: readonly (Omit<TorchTensorFacts, 'bytes' | 'storage'> & { readonly sharesWith: string })[];
}

describe('torch facts equal what torch loads', () => {
  it.each(recorded<RecordedTorch>('torch'))('%s', async (file, expected) => {
    const facts = await factsOf(new URL(file, folder));
    if (facts.format !== 'torch-zip' && facts.format !== 'torch-legacy' && facts.format !== 'torchscript')
      throw new Error(facts.format);
    expect(facts.format).toBe(expected.format);
    if (expected.protocol) expect(facts.protocol).toBe(expected.protocol);
    if (expected.globals) expect(facts.globals.map(({ name }) => name).sort()).toEqual(expected.globals);
    const tensors = facts.tensors.map(({ name, dtype, shape, stride, storageOffset }) => ({
      name,
      dtype,
      shape,
      stride,
      storageOffset,
    }));
    expect(tensors.sort(byName)).toEqual(expected.tensors.map(({ sharesWith, ...tensor }) => tensor).sort(byName));
    const shares = (name: string) => facts.tensors.find((tensor) => tensor.name === name)?.storage;
    for (const { name, sharesWith } of expected.tensors) expect(shares(name)).toBe(shares(sharesWith));
  });

  it('a state dict of protocol 2 loads with weights_only, later protocols do not', async () => {
    const loads = async (file: string) => {
      const facts = await factsOf(new URL(`torch/${file}`, folder));
      return 'loadsWithWeightsOnly' in facts && facts.loadsWithWeightsOnly;
    };
    expect(await loads('state-dict-p2.pt')).toBe(true);
    expect(await loads('state-dict-p2-legacy.pt')).toBe(true);
    expect(await loads('state-dict-p4.pt')).toBe(false);
  });
});

type RecordedOnnx = Omit<OnnxFacts, 'format' | 'tensors' | 'customDomains' | 'externalData'> & {
  readonly initializers: readonly { readonly name: string }[] | number;
};

const shared = new URL('../../../shared/data/', import.meta.url);

describe('ONNX facts equal what onnx reports', () => {
  it.each(recorded<RecordedOnnx>('onnx'))('%s', async (file, expected) => {
    const isShared = file.startsWith('shared/');
    const url = isShared ? new URL(basename(file), shared) : new URL(file, folder);
    if (isShared && !existsSync(url)) return expect(expected.parameters).toBeGreaterThan(0);
    const facts = await factsOf(url);
    if (facts.format !== 'onnx') throw new Error(facts.format);
    const { format, tensors, customDomains, externalData, ...rest } = facts;
    const { initializers, ...wanted } = expected;
    // The key "__proto__" is in one of them.
    expect(Object.entries(rest.metadata).sort()).toEqual(Object.entries(wanted.metadata).sort());
    expect({ ...rest, metadata: {} }).toEqual({ ...wanted, metadata: {} });
    expect(customDomains).toEqual([]);
    expect(externalData).toEqual([]);
    if (typeof initializers === 'number') expect(tensors).toHaveLength(initializers);
    else expect([...tensors].sort(byName)).toEqual(initializers);
  });
});

interface RecordedSafetensors {
  readonly metadata: Record<string, string>;
  readonly tensors: readonly { name: string; dtype: string; shape: number[]; bytes: number }[];
}

describe('safetensors facts equal what safetensors reports', () => {
  it.each(recorded<RecordedSafetensors>('safetensors'))('%s', async (file, expected) => {
    const facts = (await factsOf(new URL(file, folder))) as SafetensorsFacts; // the expectations below would fail otherwise
    expect(facts.metadata).toEqual(expected.metadata);
    const wanted = expected.tensors.map((tensor) => ({ ...tensor, dtype: findSafetensorsDtype(tensor.dtype)?.name }));
    const found = facts.tensors.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }));
    expect(found.sort(byName)).toEqual(wanted.sort(byName));
  });
});

describe('numpy facts equal what numpy reports', () => {
  it.each(recorded<Record<string, { dtype: string; shape: number[]; bytes: number }>>('numpy'))(
    '%s',
    async (file, expected) => {
      const facts = (await factsOf(new URL(file, folder))) as NumpyFacts; // as above
      expect(facts.format).toBe(file.endsWith('.npy') ? 'npy' : 'npz');
      expect(Object.fromEntries(facts.tensors.map(({ name, ...tensor }) => [name, tensor]))).toEqual(expected);
    },
  );
});
