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
import type {
  InferenceRequest,
  Prediction,
  WorkerRequest,
  WorkerResponse,
} from '../../../src/serve/protocol/messages.ts';
import { plain, requests, responses } from './arbitraries.ts';

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

/** Every message of the protocol as TorchServe's worker reads it (contract 5.2); those marked were recorded from the real one. */
const requestSnapshots: Readonly<Record<string, readonly [WorkerRequest, string]>> = {
  'a load': [
    load,
    '4c 00000006 "digits" 0000000e "/models/digits" 00000004 00000010 "image_classifier" ffffffff 00000000 01',
  ],
  'a load onto a GPU with an envelope and no limit of pixels': [
    { ...load, gpuId: 1, envelope: 'kserve', limitMaxImagePixels: false },
    '4c 00000006 "digits" 0000000e "/models/digits" 00000004 00000010 "image_classifier" 00000001 00000006 "kserve" 00',
  ],
  'a prediction (recorded)': [
    predictOf({ parameters: [parameterOf('input_name', 'application/json', '{"a": [1, 2, 3]} ')] }),
    '49 0000000a "request_id" ffffffff 0000000a "input_name" 00000010 "application/json" 00000011 7b2261223a205b312c20322c20335d7d20 ffffffff ffffffff',
  ],
  'a batch of two': [
    {
      kind: 'predict',
      requests: [
        { id: 'a', headers: [['X-Kind', 'é']], parameters: [parameterOf('body', '', '')] },
        { id: 'b', headers: [], parameters: [parameterOf('body', '', 'x'), parameterOf('data', 'text/plain', 'y')] },
      ],
    },
    '49 00000001 "a" 00000006 "X-Kind" 00000002 c3a9 ffffffff 00000004 "body" 00000000 00000000 ffffffff ' +
      '00000001 "b" ffffffff 00000004 "body" 00000000 00000001 "x" 00000004 "data" 0000000a "text/plain" 00000001 "y" ffffffff ffffffff',
  ],
  'a question for the description of its own': [
    predictOf({ headers: [['describe', 'True']] }),
    '49 0000000a "request_id" 00000008 "describe" 00000004 "True" ffffffff ffffffff ffffffff',
  ],
  'an explanation': [
    predictOf({ headers: [['explain', 'True']], parameters: [parameterOf('body', '', 'x')] }),
    '49 0000000a "request_id" 00000007 "explain" 00000004 "True" ffffffff 00000004 "body" 00000000 00000001 "x" ffffffff ffffffff',
  ],
};

const responseSnapshots: Readonly<Record<string, readonly [WorkerResponse, string]>> = {
  'a load that went well (recorded)': [
    { code: 200, message: 'model_loaded', predictions: [] },
    '000000c8 0000000c "model_loaded" ffffffff',
  ],
  'a load that failed': [
    { code: 507, message: 'System out of memory', predictions: [] },
    '000001fb 00000014 "System out of memory" ffffffff',
  ],
  'an answer (recorded)': [
    answerOf({ body: Buffer.from('OK') }),
    '000000c8 00000007 "success" 0000000a "request_id" 00000000 000000c8 00000000 00000000 00000002 "OK" ffffffff',
  ],
  'an answer with type, status, reason and headers': [
    answerOf({ contentType: 'text/plain', status: 418, reason: 'teapot', headers: [['x-own', 'yes']] }),
    '000000c8 00000007 "success" 0000000a "request_id" 0000000a "text/plain" 000001a2 00000006 "teapot" ' +
      '00000001 00000005 "x-own" 00000003 "yes" 00000000 ffffffff',
  ],
  'a part of a stream': [
    answerOf({ headers: [['ts_stream_next', 'true']], body: Buffer.from('one ') }),
    '000000c8 00000007 "success" 0000000a "request_id" 00000000 000000c8 00000000 ' +
      '00000001 0000000e "ts_stream_next" 00000004 "true" 00000004 "one " ffffffff',
  ],
  'an error': [
    { ...answerOf({ status: 503, body: Buffer.from('error') }), code: 503, message: 'Prediction failed' },
    '000001f7 00000011 "Prediction failed" 0000000a "request_id" 00000000 000001f7 00000000 00000000 00000005 "error" ffffffff',
  ],
};

test.for(Object.entries(requestSnapshots))(
  '%s has exactly these bytes, and is read across any chunks',
  ([, [request, bytes]]) => {
    expect(bytesOf(encodeRequest(request))).toEqual(hex(bytes));
    expectReadAtEveryCut(createRequestDecoder, hex(bytes), request);
  },
);

test.for(Object.entries(responseSnapshots))(
  '%s has exactly these bytes, and is read across any chunks',
  ([, [response, bytes]]) => {
    expect(bytesOf(encodeResponse(response))).toEqual(hex(bytes));
    expectReadAtEveryCut(createResponseDecoder, hex(bytes), response);
  },
);

test('any message survives encode and decode, in chunks of any size', () => {
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

test('random bytes are incomplete or refused with a code, and never allocate the length they claim', () => {
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

test('a frame with a flipped byte, a wrong length or a missing piece is read, incomplete or refused with a code', () => {
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

test('the body of an answer above the limit is skipped, and what follows is read', () => {
  const answer = (id: string, size: number) => ({
    ...{ id, contentType: '', status: 200, reason: '', headers: [] },
    body: Buffer.alloc(size, 1),
  });
  const response = { code: 200, message: '', predictions: [answer('a', 1_000_001), answer('b', 3), answer('c', 0)] };
  const found = feed(createResponseDecoder(limits), bytesOf(encodeResponse(response)), 100_000);
  expect(found).toMatchObject([
    {
      predictions: [
        { id: 'a', body: new Uint8Array(), skippedBytes: 1_000_001 },
        { id: 'b', body: Buffer.alloc(3, 1) },
        { id: 'c' },
      ],
    },
  ]);
});

test('a body of more than a gibibyte is refused by its length prefix', () => {
  const announced = hex('000000c8 00000000 00000002 "id" 00000000 000000c8 00000000 00000000 40000001');
  expect(() => createResponseDecoder(limits).push(announced)).toThrow('a value of 1073741825 bytes, more than');
});

test('negative lengths and counts are refused', () => {
  expect(() => createResponseDecoder(limits).push(hex('000000c8 fffffffe'))).toThrow(/message of -2 bytes/);
  expect(() =>
    createResponseDecoder(limits).push(hex('000000c8 00000000 00000000 00000000 000000c8 00000000 fffffffe')),
  ).toThrow(/header count of -2/);
  expect(() => createRequestDecoder(limits).push(hex('58'))).toThrow(/starts with byte 88/);
});

test('a decoder reports whether a stream ends at a message boundary', () => {
  const decoder = createRequestDecoder(limits);
  const bytes = bytesOf(encodeRequest(load));
  expect(decoder.atBoundary).toBe(true);
  decoder.push(bytes.subarray(0, 9));
  expect(decoder.atBoundary).toBe(false);
  decoder.push(bytes.subarray(9));
  expect(decoder.atBoundary).toBe(true);
});

test('a large value is not copied', () => {
  const body = new Uint8Array(100_000);
  const parts = encodeResponse({
    code: 200,
    message: '',
    predictions: [{ id: 'a', contentType: '', status: 200, reason: '', headers: [], body }],
  });
  expect(parts).toContain(body);
});

function parameterOf(name: string, contentType: string, value: string) {
  return { name, contentType, value: Buffer.from(value) };
}

function predictOf(request: Partial<InferenceRequest>): WorkerRequest {
  return { kind: 'predict', requests: [{ id: 'request_id', headers: [], parameters: [], ...request }] };
}

function answerOf(prediction: Partial<Prediction>): WorkerResponse {
  const plain = { id: 'request_id', contentType: '', status: 200, reason: '', headers: [], body: Buffer.alloc(0) };
  return { code: 200, message: 'success', predictions: [{ ...plain, ...prediction }] };
}

/** In two pieces, cut at each place, and byte by byte. */
function expectReadAtEveryCut<T>(createDecoder: (given: typeof limits) => Decoder<T>, bytes: Buffer, message: T): void {
  for (let at = 0; at <= bytes.length; at++) {
    const decoder = createDecoder(limits);
    const found = [...decoder.push(bytes.subarray(0, at)), ...decoder.push(bytes.subarray(at))];
    expect(plain(found)).toEqual(plain([message]));
    expect(decoder.atBoundary).toBe(true);
  }
  expect(plain(feed(createDecoder(limits), bytes, 1))).toEqual(plain([message]));
}

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
