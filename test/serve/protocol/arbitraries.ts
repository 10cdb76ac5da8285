import fc from 'fast-check';
import type { WorkerRequest, WorkerResponse } from '../../../src/serve/protocol/messages.ts';

const texts = fc.string({ unit: 'grapheme' });
const pairs = fc.array(fc.tuple(texts, texts), { maxLength: 5 });
const values = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.integer({ min: 16_000, max: 40_000 }).map((size) => new Uint8Array(size).fill(size & 0xff)),
);
const ints = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
export const requests: fc.Arbitrary<WorkerRequest> = fc.oneof(
  fc.record({
    kind: fc.constant('load' as const),
    modelName: texts,
    modelPath: texts,
    batchSize: ints,
    handler: texts,
    gpuId: ints,
    envelope: texts,
    limitMaxImagePixels: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('predict' as const),
    requests: fc.array(
      fc.record({
        id: texts,
        headers: pairs,
        parameters: fc.array(fc.record({ name: texts, contentType: texts, value: values }), { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
  }),
);
export const responses: fc.Arbitrary<WorkerResponse> = fc.record({
  code: ints,
  message: texts,
  predictions: fc.array(
    fc.record({ id: texts, contentType: texts, status: ints, reason: texts, headers: pairs, body: values }),
    { maxLength: 4 },
  ),
});

/** Bytes compare by content, whatever class holds them. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
