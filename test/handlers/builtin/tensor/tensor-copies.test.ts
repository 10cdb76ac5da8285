/** How often large tensors are copied on their way through the tensor handler, told by whose memory they lie in. */
import { expect, test } from 'vitest';
import { createTensorHandler } from '../../../../src/handlers/builtin/tensor/tensor-handler.ts';
import { float32, type HandlerContext, type Tensor, type Tensors } from '../../../../src/handlers/sdk.ts';
import { toNpy } from '../../../../src/handlers/tensors/npy.ts';
import { createBatchContext } from '../../../../src/serve/worker/batch-context.ts';

const COUNT = 250_000;
const sent = float32(
  Float32Array.from({ length: COUNT }, (_, i) => i),
  [1, COUNT],
);
const answered = float32(
  Float32Array.from({ length: COUNT }, (_, i) => -i),
  [1, COUNT],
);

/** Bytes as the worker gets them: one value, gathered into memory of its own. */
const gather = (...parts: readonly Uint8Array[]): Buffer => {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Asks a model that answers with one tensor, whatever it is given; gives what it was given and what the handler answered. */
async function ask(body: Uint8Array, headers: readonly (readonly [string, string])[] = []) {
  const given: Tensor[] = [];
  const model = {
    inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, COUNT] }],
    outputs: [{ name: 'y', dtype: 'float32' as const, shape: [null, COUNT] }],
    run: async (inputs: Tensors) => {
      given.push(inputs.x as Tensor);
      return { y: answered };
    },
  };
  const { context } = createBatchContext(
    { modelName: 'm', modelVersion: '1', model } as unknown as Parameters<typeof createBatchContext>[0],
    [{ id: 'a', headers, parameters: [] }],
    { time() {}, count() {} },
  );
  const handler = createTensorHandler();
  const answers = await handler.handle?.([{ body }], context satisfies HandlerContext);
  return { given: given[0]?.data as Float32Array, answer: answers?.[0] as Uint8Array };
}

const toBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
/** Comparing element by element would take minutes. */
const isSame = (one: Uint8Array | Float32Array, other: Uint8Array | Float32Array) =>
  toBuffer(one).equals(toBuffer(other));
const bytesOf = ({ data }: Tensor) => new Uint8Array((data as Float32Array).buffer);

test('a numpy file reaches the model without a copy, and its answer is written once', async () => {
  const body = gather(toNpy(sent));
  const { given, answer } = await ask(body);
  expect(given.buffer).toBe(body.buffer);
  expect(isSame(given, sent.data as Float32Array)).toBe(true);
  expect(isSame(answer, toNpy(answered))).toBe(true);
  expect(answer.buffer).not.toBe(bytesOf(answered).buffer);
});

const v2 = (padding: string) => {
  const x = { name: 'x', shape: [1, COUNT], datatype: 'FP32', parameters: { binary_data_size: COUNT * 4 } };
  const json = JSON.stringify({ inputs: [x], parameters: { binary_data_output: true } }) + padding;
  const body = gather(Buffer.from(json), bytesOf(sent));
  return { json, body, headers: [['Inference-Header-Content-Length', String(json.length)]] as const };
};

test('the binary tensor of a v2 request is copied only if its offset is not aligned', async () => {
  for (const padding of ['', ' ', '  ', '   ']) {
    const { json, body, headers } = v2(padding);
    const { given, answer } = await ask(body, headers);
    expect(given.buffer === body.buffer).toBe(json.length % 4 === 0);
    expect(isSame(given, sent.data as Float32Array)).toBe(true);
    expect(isSame(answer.subarray(-COUNT * 4), bytesOf(answered))).toBe(true);
  }
});
