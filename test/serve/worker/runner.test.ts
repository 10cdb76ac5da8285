import { describe, expect, test } from 'vitest';
import { causeOf } from '../../../src/serve/protocol/messages.ts';
import { createRunner } from '../../../src/serve/worker/runner.ts';
import { bodies, modelFolder, request, startRunner } from './model-folder.ts';

/** A module handler with this source as its only file. */
const module = (source: string, handler = 'h.mjs') => ({ handler, files: { 'h.mjs': source } });
const failed = (message: string, code = 503) =>
  `{\n  "code": ${code},\n  "type": "InternalServerException",\n  "message": ${JSON.stringify(message)}\n}\n`;

/** What TorchServe's recorded handler `kinds` does, by the header X-Kind (golden main/211 to 226). */
const KINDS = `
const values = { str: 'hello', float: 0.5, list: [1, 2, 3], dict: { a: 1, b: [1.5, null, true] }, bytes: Uint8Array.of(0, 1, 114, 97, 119), none: null, uni: 'héllo', bool: true };
export default function kinds(rows, context) {
  const kind = context.requestHeader(0, 'x-kind') ?? 'str';
  if (kind === 'raise') throw new Error('boom');
  if (kind === 'short') return [];
  if (kind === 'notlist') return 'abc';
  if (kind === 'unsupported') return rows.map(() => new Set());
  if (kind === 'ctype') { context.setResponseContentType(0, 'text/x-custom'); return rows.map(() => 'ct'); }
  if (kind === 'hdr') { context.setResponseHeader(0, 'X-Mine', 'yes'); return rows.map(() => 'h'); }
  if (kind === 'code') { context.setResponseStatus(0, 418, 'teapot'); return rows.map(() => 'tea'); }
  return rows.map(() => values[kind]);
}`;

describe('answers, as recorded from TorchServe', () => {
  test.each([
    ['str', 'hello'],
    ['float', '0.5'],
    ['list', '[\n  1,\n  2,\n  3\n]'],
    ['dict', '{\n  "a": 1,\n  "b": [\n    1.5,\n    null,\n    true\n  ]\n}'],
    ['bytes', '\u0000\u0001raw'],
    ['none', 'null'],
    ['uni', 'héllo'],
    ['bool', 'true'],
  ])('a handler that returns %s', async (kind, body) => {
    const runner = await startRunner(module(KINDS));
    const response = await runner.predict([request('', { headers: { 'X-Kind': kind } })]);
    expect(response).toMatchObject({
      code: 200,
      predictions: [{ id: 'r', contentType: '', status: 200, headers: [] }],
    });
    expect(bodies(response)).toEqual([body]);
  });

  test.each([
    ['raise', 503, 'Prediction failed'],
    ['notlist', 503, 'Invalid model predict output'],
    ['short', 503, 'number of batch response mismatched'],
    ['unsupported', 503, 'Unsupported model output data type.'],
  ])(
    'a handler that fails by %s answers with its frame, and the next request is served',
    async (kind, code, message) => {
      const runner = await startRunner(module(KINDS));
      expect(await runner.predict([request('', { headers: { 'X-Kind': kind } })])).toMatchObject({
        code,
        message,
        predictions: [{ id: 'r' }],
      });
      expect(bodies(await runner.predict([request('')]))).toEqual(['hello']);
    },
  );

  test('status, headers and content type set by the handler', async () => {
    const runner = await startRunner(module(KINDS));
    const ask = async (kind: string) =>
      (await runner.predict([request('', { headers: { 'X-Kind': kind } })])).predictions[0];
    expect(await ask('code')).toMatchObject({ status: 418, reason: 'teapot' });
    expect(await ask('hdr')).toMatchObject({ headers: [['X-Mine', 'yes']], contentType: '' });
    expect(await ask('ctype')).toMatchObject({
      headers: [['content-type', 'text/x-custom']],
      contentType: 'text/x-custom',
    });
  });
});

describe('failures', () => {
  test('message, first stack lines and cause go to the log, not to the client', async () => {
    const runner = await startRunner(
      module(`export default () => { throw new Error('boom', { cause: new Error('the fuse') }) }`),
    );
    const response = await runner.predict([request('')]);
    expect(response.message).toBe('Prediction failed');
    const cause = /^Error: boom\n.*h\.mjs[\s\S]*Caused by: Error: the fuse/;
    expect(runner.logged.join('\n')).toMatch(cause);
    // With the answer, so that whoever asks the service without HTTP need not wait for the log.
    expect(causeOf(response)).toMatch(cause);
  });

  test('a long cause fits into the protocol, and clients get no cause of a partly failed batch', async () => {
    const code = `export default (rows) => { if (rows[0].body.n === 0) throw new Error('x'.repeat(3_000_000)); return rows.map(() => 1); };`;
    const runner = await startRunner(module(code));
    expect(causeOf(await runner.predict([request({ n: 0 })]))?.length).toBe(10_000);
    const half = await runner.predict([request({ n: 0 }), request({ n: 1 }, { id: 'r1' })]);
    expect(half.predictions.map(({ headers }) => headers)).toEqual([[['content-type', 'application/json']], []]);
  });

  test('a PredictionError answers with its message and status, also from a bundled copy of the SDK', async () => {
    const source = `export default () => { throw Object.assign(new Error('Too dark to see.'), { name: 'PredictionError', status: 422 }) }`;
    const runner = await startRunner(module(source));
    expect(await runner.predict([request('')])).toMatchObject({ code: 422, message: 'Too dark to see.' });
  });

  test('running out of memory is 507', async () => {
    const runner = await startRunner(
      module(`export default () => { throw new RangeError('Array buffer allocation failed') }`),
    );
    expect(await runner.predict([request('')])).toMatchObject({ code: 507, message: 'Out of resources' });
  });

  test('one bad request in a batch fails alone', async () => {
    const runner = await startRunner(module(`export default (rows) => rows.map(({ body }) => body.n.toFixed(1))`));
    const response = await runner.predict([{ n: 1 }, {}, { n: 3 }].map((body, at) => request(body, { id: `r${at}` })));
    expect(response.code).toBe(200);
    expect(bodies(response)).toEqual(['1.0', failed('Prediction failed'), '3.0']);
    expect(response.predictions.map(({ id, status }) => [id, status])).toEqual([
      ['r0', 200],
      ['r1', 503],
      ['r2', 200],
    ]);
  });
});

describe('steps', () => {
  test('run in TorchServe’s order, each with the result of the one before', async () => {
    const source = `let log = [];
      export const initialize = (context) => { log.push('initialize ' + context.modelName + ' ' + context.modelConfig.greeting); };
      export const preprocess = (rows) => { log.push('preprocess'); return rows.map((row) => row.body); };
      export const inference = async (texts) => { log.push('inference'); return texts.map((text) => text.toUpperCase()); };
      export const postprocess = (texts, context) => { log.push('postprocess'); return texts.map((text, i) => [context.requestIds[i], text, ...log]); };`;
    const runner = await startRunner({ ...module(source), config: 'greeting: hello' });
    const [body] = bodies(await runner.predict([request('abc', { type: 'text/plain', id: 'id-1' })]));
    expect(JSON.parse(body as string)).toEqual([
      'id-1',
      'ABC',
      'initialize m hello',
      'preprocess',
      'inference',
      'postprocess',
    ]);
  });

  test('without inference the model runs; without postprocess each request gets its row', async () => {
    const source = `export default { preprocess: (rows, { model }) => ({ [model.inputs[0].name]: { dtype: 'float32', shape: [rows.length, 4], data: Float32Array.from(rows.flatMap((row) => row.body)) } }) };`;
    const runner = await startRunner({ ...module(source), model: 'linear4x3.onnx' });
    const answers = bodies(await runner.predict([request([1, 2, 3, 4]), request([0, 0, 0, 0])]));
    // Golden envelope-kserve/002: TorchServe's base_handler over the same weights.
    expect(answers.map((answer) => JSON.parse(answer))).toEqual([
      [0.6468130946159363, 0.643048107624054, 0.42531490325927734],
      [0.18261408805847168, -0.19485050439834595, -0.03645437955856323],
    ]);
  });

  test('describe and explain are chosen by the request header', async () => {
    const runner = await startRunner(
      module(
        `export default { handle: (rows) => rows.map(() => 'predicted'), describe: () => ({ classes: 3 }), explain: (rows) => rows.map(() => [0.5]) }`,
      ),
    );
    expect(bodies(await runner.predict([request('', { headers: { describe: 'True' } })]))).toEqual([
      '{\n  "classes": 3\n}',
    ]);
    expect(bodies(await runner.predict([request('', { headers: { explain: 'True' } })]))).toEqual(['[\n  0.5\n]']);
    expect(bodies(await runner.predict([request('')]))).toEqual(['predicted']);
  });

  test('without describe the answer is null; without explain steps fail, but a custom handle is called', async () => {
    const steps = await startRunner(
      module('export const postprocess = (rows) => rows; export const inference = (rows) => rows;'),
    );
    expect(bodies(await steps.predict([request('', { headers: { describe: 'True' } })]))).toEqual(['null']);
    expect((await steps.predict([request('', { headers: { explain: 'True' } })])).message).toBe('Prediction failed');
    const handle = await startRunner(
      module(`export const handle = (rows, context) => rows.map(() => context.requestHeader(0, 'EXPLAIN'));`),
    );
    expect(bodies(await handle.predict([request('', { headers: { explain: 'True' } })]))).toEqual(['True']);
  });

  test('metric lines are in the form TorchServe’s frontend parses', async () => {
    const runner = await startRunner(
      module(
        `export default (rows, context) => { context.addTime('Warm Up', 1.5); context.addCounter('cats|dogs', 2); return rows.map(() => ''); }`,
      ),
    );
    await runner.predict([request('', { id: 'a' }), request('', { id: 'b' })]);
    // The frontend's own pattern (contract 5.5).
    const pattern =
      /^\[METRICS\]\s*([\w\s]+)\.([\w\s]+):([0-9\-,.e]+)\|#([^|]*)(\|#type:([^|,]+))?\|#hostname:([^,]+),([^,]+)(,(.*))?$/;
    const parsed = runner.metrics.map((line) => pattern.exec(line)?.filter((_, at) => [1, 2, 6, 10].includes(at)));
    expect(parsed).toEqual([
      ['Warm Up', 'Milliseconds', 'GAUGE', 'a,b'],
      ['cats_dogs', 'Count', 'COUNTER', 'a,b'],
      ['PredictionTime', 'Milliseconds', 'GAUGE', 'a,b'],
    ]);
  });
});

describe('finding the handler', () => {
  test.each([
    ['a default export', 'export default { handle: (rows) => rows.map(() => 1) }', 'h.mjs'],
    ['an export named handler', 'export const handler = { handle: (rows) => rows.map(() => 1) }', 'h.mjs'],
    ['exported functions named as steps', 'export const handle = (rows) => rows.map(() => 1)', 'h.mjs'],
    [
      'the name after the colon, an object',
      'export const other = { handle: (rows) => rows.map(() => 1) }',
      'h.mjs:other',
    ],
    ['the name after the colon, a function', 'export function run(rows) { return rows.map(() => 1) }', 'h.mjs:run'],
    ['a file named without its ending', 'export default (rows) => rows.map(() => 1)', 'h'],
  ])('%s', async (_, source, handler) => {
    const folder = await modelFolder({
      ...module(source, handler.includes('.') ? handler : 'h.mjs'),
      files: { 'h.mjs': source },
    });
    const runner = await createRunner(
      {
        kind: 'load',
        modelName: 'm',
        modelPath: folder,
        batchSize: 1,
        handler,
        gpuId: -1,
        envelope: '',
        limitMaxImagePixels: true,
      },
      {},
    );
    expect(bodies(await runner.predict([request('')]))).toEqual(['1']);
  });

  test.each([
    ['a module that exports no handler', 'export const answer = 42', 'h.mjs', 'HANDLER_INVALID', /exports answer/],
    [
      'an entry point that is not exported',
      'export const handle = () => []',
      'h.mjs:run',
      'HANDLER_INVALID',
      /no export named run/,
    ],
    ['a step that is not a function', 'export default { handle: 1 }', 'h.mjs', 'HANDLER_INVALID', /exports no handler/],
    [
      'a module that throws while it loads',
      'throw new Error("no such luck")',
      'h.mjs',
      'HANDLER_INVALID',
      /no such luck/,
    ],
    ['a file that is not there', '', 'gone.mjs', 'HANDLER_INVALID', /has no such file/],
    [
      'a built-in that needs what is not there',
      '',
      'image_classifier',
      'HANDLER_UNSUPPORTED',
      /the archive has no serialized file/,
    ],
    ['a built-in of TorchServe alone', '', 'vllm_handler', 'HANDLER_UNSUPPORTED', /image_classifier/],
  ])('%s is refused at load', async (_, source, handler, code, message) => {
    const failure = await startRunner({ handler, files: { 'h.mjs': source } }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a Python handler is refused by name', async () => {
    await expect(startRunner({ handler: 'h.py', files: { 'h.py': '' } })).rejects.toMatchObject({
      code: 'HANDLER_UNSUPPORTED',
    });
  });
});

describe('the folder', () => {
  test('a manifest or configuration that cannot be read is refused with its path', async () => {
    const source = 'export const handle = () => []';
    await expect(startRunner({ ...module(source), config: 'a: [1' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(startRunner({ ...module(source), config: '- 1' })).rejects.toThrow(/not a mapping of keys to values/);
    await expect(
      startRunner({ ...module(source), files: { 'h.mjs': source } }, { modelPath: '/nowhere' }),
    ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('an empty configuration is refused, as TorchServe refuses it', async () => {
    const source = 'export const handle = () => []';
    await expect(startRunner({ ...module(source), config: '# nothing' })).rejects.toThrow(/it is empty/);
  });
});
