import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToolError } from '../../../src/core/errors.ts';
import {
  createRequestDecoder,
  createResponseDecoder,
  encodeRequest,
  encodeResponse,
} from '../../../src/serve/protocol/codec.ts';
import type { Decoder } from '../../../src/serve/protocol/frame-decoder.ts';
import type { WorkerRequest, WorkerResponse } from '../../../src/serve/protocol/messages.ts';

const limits = { valueBytes: 1_000_000 };
const bytesOf = (parts: readonly Uint8Array[]) => Buffer.concat(parts);
const hex = (text: string) =>
  Buffer.from(text.replace(/"([^"]*)"/g, (_, word) => Buffer.from(word).toString('hex')).replaceAll(' ', ''), 'hex');

const load: WorkerRequest = {
  kind: 'load',
  modelName: 'digits',
  modelPath: '/models/digits',
  batchSize: 4,
  handler: 'image_classifier',
  gpuId: -1,
  envelope: '',
  limitMaxImagePixels: true,
};

test('a load request has the bytes of contract 5.2', () => {
  const expected =
    '4c 00000006 "digits" 0000000e "/models/digits" 00000004 00000010 "image_classifier" ffffffff 00000000 01';
  expect(bytesOf(encodeRequest(load))).toEqual(hex(expected));
});

test('a predict request has the bytes that were recorded from the real worker', () => {
  const value = Buffer.from('{"a": [1, 2, 3]} ');
  const request: WorkerRequest = {
    kind: 'predict',
    requests: [
      { id: 'request_id', headers: [], parameters: [{ name: 'input_name', contentType: 'application/json', value }] },
    ],
  };
  const expected = `49 0000000a "request_id" ffffffff 0000000a "input_name" 00000010 "application/json" 00000011 ${value.toString('hex')} ffffffff ffffffff`;
  expect(bytesOf(encodeRequest(request))).toEqual(hex(expected));
});

test('a load answer has the bytes that were recorded from the real worker', () => {
  const response = { code: 200, message: 'model_loaded', predictions: [] };
  expect(bytesOf(encodeResponse(response))).toEqual(hex('000000c8 0000000c "model_loaded" ffffffff'));
});

test('a predict answer has the bytes that were recorded from the real worker', () => {
  const recorded = hex(
    '000000c8 00000007 "success" 0000000a "request_id" 00000000 000000c8 00000000 00000000 00000002 "OK" ffffffff',
  );
  const prediction = {
    id: 'request_id',
    contentType: '',
    status: 200,
    reason: '',
    headers: [],
    body: Buffer.from('OK'),
  };
  const response = { code: 200, message: 'success', predictions: [prediction] };
  expect(bytesOf(encodeResponse(response))).toEqual(recorded);
  expect(createResponseDecoder(limits).push(recorded)).toEqual([response]);
});

const texts = fc.string({ unit: 'grapheme' });
const pairs = fc.array(fc.tuple(texts, texts), { maxLength: 5 });
const values = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.integer({ min: 16_000, max: 40_000 }).map((size) => new Uint8Array(size).fill(size & 0xff)),
);
const ints = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const requests: fc.Arbitrary<WorkerRequest> = fc.oneof(
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
const responses: fc.Arbitrary<WorkerResponse> = fc.record({
  code: ints,
  message: texts,
  predictions: fc.array(
    fc.record({ id: texts, contentType: texts, status: ints, reason: texts, headers: pairs, body: values }),
    { maxLength: 4 },
  ),
});

test('any message survives encode and decode, however its bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(requests, { maxLength: 3 }),
      fc.array(responses, { maxLength: 3 }),
      fc.integer({ min: 1, max: 5_000 }),
      (sent, answered, cut) => {
        expect(plain(feed(createRequestDecoder(limits), bytesOf(sent.flatMap(encodeRequest)), cut))).toEqual(
          plain(sent),
        );
        expect(plain(feed(createResponseDecoder(limits), bytesOf(answered.flatMap(encodeResponse)), cut))).toEqual(
          plain(answered),
        );
      },
    ),
    { numRuns: 100 },
  );
});

test('any garbage is either waited on or refused with a code, and never reserves what it claims', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const decoder of [createRequestDecoder(limits), createResponseDecoder(limits)] as Decoder<unknown>[]) {
        try {
          decoder.push(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ToolError);
          expect(error).toMatchObject({ code: 'WORKER_PROTOCOL' });
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Lengths where readers go wrong: one off, negative, beyond 31 bits, and far beyond what is there. */
const lies = [-2, -1, 0, 1, 2 ** 20, 2 ** 20 + 1, 2 ** 31 - 1, -(2 ** 31)];

test('a frame with one flipped byte, one lying length or a missing piece is read, waited on or refused with a code', () => {
  const mutations = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('flip', 'lie', 'cut'),
    value: fc.constantFrom(...lies),
  });
  fc.assert(
    fc.property(requests, responses, mutations, fc.integer({ min: 1, max: 500 }), (request, response, how, cut) => {
      const pairs = [
        [createRequestDecoder(limits), bytesOf(encodeRequest(request))],
        [createResponseDecoder(limits), bytesOf(encodeResponse(response))],
      ] as [Decoder<unknown>, Buffer][];
      for (const [decoder, bytes] of pairs) {
        try {
          feed(decoder, mutate(bytes, how), cut);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ToolError', code: 'WORKER_PROTOCOL' });
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a value above the limit is refused by its length alone', () => {
  const announced = hex('000000c8 00000000 00000002 "id" 00000000 000000c8 00000000 00000000 000f4241');
  expect(() => createResponseDecoder(limits).push(announced)).toThrow('a value of 1000001 bytes, more than 1000000');
});

test('negative lengths and counts are refused', () => {
  expect(() => createResponseDecoder(limits).push(hex('000000c8 fffffffe'))).toThrow(/message of -2 bytes/);
  expect(() =>
    createResponseDecoder(limits).push(hex('000000c8 00000000 00000000 00000000 000000c8 00000000 fffffffe')),
  ).toThrow(/header count of -2/);
  expect(() => createRequestDecoder(limits).push(hex('58'))).toThrow(/starts with byte 88/);
});

test('a decoder knows whether a stream may end where it is', () => {
  const decoder = createRequestDecoder(limits);
  const bytes = bytesOf(encodeRequest(load));
  expect(decoder.atBoundary).toBe(true);
  decoder.push(bytes.subarray(0, 9));
  expect(decoder.atBoundary).toBe(false);
  decoder.push(bytes.subarray(9));
  expect(decoder.atBoundary).toBe(true);
});

test('a large value is passed on without a copy', () => {
  const body = new Uint8Array(100_000);
  const parts = encodeResponse({
    code: 200,
    message: '',
    predictions: [{ id: 'a', contentType: '', status: 200, reason: '', headers: [], body }],
  });
  expect(parts).toContain(body);
});

function mutate(bytes: Buffer, { at, kind, value }: { at: number; kind: string; value: number }): Buffer {
  const copy = Buffer.from(bytes);
  const place = at % copy.length;
  if (kind === 'cut') return Buffer.concat([copy.subarray(0, place), copy.subarray(place + 1 + (at % 5))]);
  if (kind === 'flip') copy[place] = (copy[place] ?? 0) ^ (1 << (at % 8));
  else if (place + 4 <= copy.length) copy.writeInt32BE(value, place);
  return copy;
}

function feed<T>(decoder: Decoder<T>, bytes: Buffer, cut: number): T[] {
  const found: T[] = [];
  for (let at = 0; at < bytes.length; at += cut) found.push(...decoder.push(bytes.subarray(at, at + cut)));
  return found;
}

/** Bytes compare by content, whatever class holds them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
