/**
 * The ONNX models of the fixtures, whose signatures are awkward on purpose, against onnxruntime itself: every form in which
 * tensors go in and out over HTTP and gRPC, one request at a time and four together.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { serveStore } from '../serve/serving.ts';
import { type GrpcClient, grpcClient } from '../support/grpc-client.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTorchServe } from './torchserve.ts';

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
  /** Base64. */
  readonly raw: string;
  /** By the field of the protocol; null for half floats, which have none. */
  readonly contents: Readonly<Record<string, readonly unknown[]>> | null;
}

interface Asked {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

interface Facts {
  readonly path: string;
  readonly skipped?: string;
  readonly requests?: readonly Asked[];
}

const folder = join(packageRoot, 'test/fixtures/models');
const found = findTorchServe();
if ('missing' in found) console.log(`SKIPPED: ${found.missing}`);

function askOnnxruntime(python: string): (Facts & { readonly name: string; readonly requests: readonly Asked[] })[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
  const options = { input: names.map((name) => join(folder, name)).join('\n'), maxBuffer: 2 ** 28 };
  const lines = execFileSync(python, [join(packageRoot, 'test/interop/readers/onnx_answers.py')], options);
  const facts = lines
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Facts);
  const skipped = facts.filter(({ requests }) => requests === undefined);
  console.log(`${skipped.length} models take or give no plain tensors, or not of random sizes and values`);
  return facts.flatMap((one, index) =>
    one.requests === undefined
      ? []
      : [{ ...one, requests: one.requests, name: (names[index] ?? '').replace('.onnx', '') }],
  );
}

/** A server of one model, with its weights that lie beside it. */
async function serveModel(name: string, batchSize: number) {
  const modelStore = await tempTree({});
  const beside = existsSync(join(folder, `${name}.bin`)) ? [`${name}.bin`] : [];
  const files: Record<string, string | Buffer> = {
    'model-config.yaml': `batchSize: ${batchSize}\nmaxBatchDelay: ${batchSize === 1 ? 1 : 300}\n`,
  };
  for (const file of [`${name}.onnx`, ...beside]) files[file] = await readFile(join(folder, file));
  await makeMar(join(modelStore, 'm.mar'), {
    files,
    manifest: manifestOf({
      modelName: 'm',
      serializedFile: `${name}.onnx`,
      handler: 'base_handler',
      configFile: 'model-config.yaml',
    }),
  });
  const options = { port: 0, grpcPort: 0, modelStore, models: ['m.mar'], openInferenceProtocol: true };
  const { handle } = await serveStore(options);
  const target = handle.grpc?.inference ?? '';
  return {
    url: handle.urls.inference,
    openInference: grpcClient(target, 'openInference'),
    inference: grpcClient(target, 'inference'),
  };
}
type Served = Awaited<ReturnType<typeof serveModel>>;

/** What came back: the bytes of each output, or its values. */
type Answer = readonly { readonly name: unknown; readonly bytes?: Uint8Array; readonly values?: readonly unknown[] }[];

const head = ({ name, datatype, shape }: Tensor) => ({ name, datatype, shape });
const toBytes = ({ raw }: Tensor) => Buffer.from(raw, 'base64');
const toV2 = (inputs: readonly Tensor[]) =>
  JSON.stringify({ inputs: inputs.map((one) => ({ ...head(one), data: one.data })) });

async function post(url: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.status, bytes.toString('utf8', 0, 500)).toBe(200);
  return { bytes, length: Number(answer.headers.get('Inference-Header-Content-Length') ?? bytes.length) };
}

const ways: Readonly<Record<string, (served: Served, inputs: readonly Tensor[]) => Promise<Answer | undefined>>> = {
  async 'v2 JSON'({ url }, inputs) {
    const { bytes } = await post(`${url}/v2/models/m/infer`, toV2(inputs));
    return JSON.parse(bytes.toString()).outputs.map(({ name, data }: Tensor) => ({ name, values: data }));
  },
  async 'v2 binary'({ url }, inputs) {
    const json = Buffer.from(
      JSON.stringify({
        parameters: { binary_data_output: true },
        inputs: inputs.map((one) => ({ ...head(one), parameters: { binary_data_size: toBytes(one).length } })),
      }),
    );
    const body = Buffer.concat([json, ...inputs.map(toBytes)]);
    const { bytes, length } = await post(`${url}/v2/models/m/infer`, body, {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': String(json.length),
    });
    let at = length;
    const { outputs } = JSON.parse(bytes.toString('utf8', 0, length));
    return outputs.map(({ name, parameters }: { name: string; parameters: { binary_data_size: number } }) => {
      const start = at;
      at += parameters.binary_data_size;
      return { name, bytes: bytes.subarray(start, at) };
    });
  },
  'gRPC raw': ({ openInference }, inputs) =>
    infer(openInference, { inputs: inputs.map(head), raw_input_contents: inputs.map(toBytes) }),
  async 'gRPC typed'({ openInference }, inputs) {
    if (inputs.some(({ contents }) => contents === null)) return undefined;
    return infer(openInference, { inputs: inputs.map((one) => ({ ...head(one), contents: one.contents })) });
  },
  async 'gRPC Predictions'({ inference }, inputs) {
    const { prediction } = await inference.call('Predictions', {
      model_name: 'm',
      input: { body: Buffer.from(toV2(inputs)) },
    });
    return JSON.parse(String(prediction)).outputs.map(({ name, data }: Tensor) => ({ name, values: data }));
  },
};

async function infer({ call }: GrpcClient, request: object): Promise<Answer> {
  const { outputs, raw_output_contents: raw } = await call('ModelInfer', { model_name: 'm', ...request });
  return outputs.map(({ name, contents }, index) => {
    const list = Object.values((contents ?? {}) as Record<string, readonly unknown[]>).find(({ length }) => length > 0);
    return raw.length > 0 ? { name, bytes: raw[index] ?? new Uint8Array() } : { name, values: list ?? [] };
  });
}

const widths: Readonly<Record<string, (bytes: Buffer, at: number) => number>> = {
  FP32: (bytes, at) => bytes.readFloatLE(at * 4),
  FP64: (bytes, at) => bytes.readDoubleLE(at * 8),
};

/** Floats to the sixth digit: the versions of onnxruntime may add in another order. All else to the bit. */
function expectEqual(answer: Answer, outputs: readonly Tensor[], label: string): void {
  expect(
    answer.map(({ name }) => name),
    label,
  ).toEqual(outputs.map(({ name }) => name));
  for (const [index, { bytes, values }] of answer.entries()) {
    const wanted = outputs[index] as Tensor;
    const read = widths[wanted.datatype];
    if (bytes !== undefined && read === undefined) {
      expect(Buffer.from(bytes).toString('base64'), label).toBe(wanted.raw);
      continue;
    }
    const got = values ?? wanted.data.map((_, at) => read?.(Buffer.from(bytes ?? []), at));
    expect(got.length, label).toBe(wanted.data.length);
    for (const [at, value] of wanted.data.entries())
      if (typeof value === 'number') expect(Number(got[at]), label).toBeCloseTo(value, 5);
      else expect(String(got[at]), label).toBe(String(value));
  }
}

describe.skipIf('missing' in found)('ONNX models of the fixtures', () => {
  if ('missing' in found) return;
  const models = askOnnxruntime(found.python);

  test('most of them run on seeded numbers', () => {
    expect(models.length).toBeGreaterThan(35);
  });

  test.each(models)('$name answers as onnxruntime does, whatever way it is asked', async ({ name, requests }) => {
    const alone = await serveModel(name, 1);
    for (const [way, ask] of Object.entries(ways))
      for (const { inputs, outputs } of requests) {
        const answer = await ask(alone, inputs);
        if (answer !== undefined) expectEqual(answer, outputs, `${name}, ${way}`);
      }
    const batched = await serveModel(name, 4);
    const four = [...requests, ...requests];
    const answers = await Promise.all(four.map(({ inputs }) => ways['gRPC raw']?.(batched, inputs)));
    for (const [index, answer] of answers.entries())
      expectEqual(answer ?? [], four[index]?.outputs ?? [], `${name}, in a batch`);
  });
});
