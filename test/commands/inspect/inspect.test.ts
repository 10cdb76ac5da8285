import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../../src/commands/inspect/inspect.ts';
import { inspectResultSchema } from '../../../src/commands/inspect/result.ts';
import { resolveConfig } from '../../../src/serve/config/server-config.ts';
import { unconfigured } from '../../../src/serve/model/model-settings.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

const linear = await readFile(new URL('../../fixtures/inspect/linear4x3.onnx', import.meta.url));
const handler = 'def handle(data, context):\n    return data\n';
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function inspectMar(content: Parameters<typeof makeMar>[1], options: { digest?: boolean } = {}) {
  const cwd = await tempTree();
  const path = await makeMar(join(cwd, 'm.mar'), content);
  const result = await inspect({ path: 'm.mar', ...options }, testContext(cwd));
  // The schema is what scripts rely on: nothing in a result goes beyond it.
  expect(inspectResultSchema.parse(result)).toEqual(result);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  return { result, path };
}

test('the defaults that inspect shows are those of the server', () => {
  const { values } = resolveConfig(undefined, {}, {});
  expect(unconfigured).toEqual({
    workers: values.default_workers_per_model,
    responseTimeout: values.default_response_timeout,
    startupTimeout: values.default_startup_timeout,
    jobQueueSize: values.job_queue_size,
  });
});

test('inspect shows the manifest, and every file with sizes and CRC', async () => {
  const { result } = await inspectMar({ files: { 'handler.py': handler }, manifest: manifestOf({}) });
  expect(result).toMatchObject({ path: 'm.mar', format: 'zip', findings: [] });
  expect(result.manifest).toMatchObject({ status: 'ok', value: { model: { modelName: 'm' } } });
  const file = result.files?.find(({ path }) => path === 'handler.py');
  expect(file).toMatchObject({
    size: handler.length,
    packed: { crc32: crc32(handler).toString(16).padStart(8, '0') },
  });
  expect(file).not.toHaveProperty('sha256');
});

test('inspect shows signature and parameters of an ONNX model', async () => {
  const { result } = await inspectMar({
    files: { 'model.onnx': linear },
    manifest: manifestOf({ serializedFile: 'model.onnx', handler: 'base_handler' }),
  });
  expect(result.parameters).toBe(15);
  expect(result.weights[0]?.facts).toMatchObject({
    format: 'onnx',
    inputs: [{ name: 'input', dtype: 'float32', shape: ['batch', 4] }],
    outputs: [{ name: 'output', dtype: 'float32', shape: ['batch', 3] }],
  });
});

test('inspect --digest shows the SHA-256 of the archive and of each file', async () => {
  const { result, path } = await inspectMar(
    { files: { 'handler.py': handler }, manifest: manifestOf({}) },
    { digest: true },
  );
  expect(result.sha256).toBe(sha256(await readFile(path)));
  expect(result.files?.find((file) => file.path === 'handler.py')?.sha256).toBe(sha256(handler));
});

test('inspect --digest finds a changed byte that the headers hide', async () => {
  const { path } = await inspectMar({
    files: { 'handler.py': handler },
    manifest: manifestOf({}),
    compression: 'store',
  });
  const bytes = await readFile(path);
  bytes[bytes.indexOf('def handle')] = 0x44;
  await writeFile(path, bytes);
  const context = testContext(join(path, '..'));
  expect((await inspect({ path }, context)).findings).toEqual([]);
  const { findings, files } = await inspect({ path, digest: true }, context);
  expect(findings).toMatchObject([{ severity: 'error', at: { member: 'handler.py' } }]);
  expect(files?.every((file) => file.sha256 === undefined)).toBe(true);
});

describe('inspect shows who can run the archive', () => {
  const onnx = { 'model.onnx': linear };
  test.each([
    [
      'an ONNX model with a built-in',
      onnx,
      { serializedFile: 'model.onnx', handler: 'base_handler' },
      'python',
      ['yes', 'no'],
    ],
    [
      'a JavaScript module',
      { ...onnx, 'h.mjs': '' },
      { serializedFile: 'model.onnx', handler: 'h.mjs' },
      'nodejs',
      ['yes', 'no'],
    ],
    ['a Python handler', { 'handler.py': handler }, {}, 'python', ['yes', 'yes']],
    ['a handler that is not there', {}, { handler: 'gone.py' }, 'python', ['no', 'no']],
    ['a C++ handler', {}, { handler: 'libh:run' }, 'LSP', ['no', 'unknown']],
    ['a runtime nobody knows', { 'handler.py': handler }, {}, 'ruby', ['no', 'no']],
  ] as const)('%s', async (_, files, model, runtime, [own, torchServe]) => {
    const { result } = await inspectMar({ files, manifest: manifestOf(model, runtime) });
    expect(result.runs.map(({ server, able }) => [server, able])).toEqual([
      ['mar serve', own],
      ['TorchServe', torchServe],
    ]);
  });
});

test.each([
  ['no JSON', '{ nope', /byte \d/],
  ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /UTF-8|utf-8|encoded/],
  ['of the wrong shape', '{"model": 3}', /model/],
])('inspect shows why a manifest that is %s cannot be read', async (_, manifest, reason) => {
  const { result } = await inspectMar({ files: { 'MAR-INF/MANIFEST.json': manifest } });
  expect(result.manifest).toMatchObject({ status: 'unreadable', reason: expect.stringMatching(reason) });
});

test('inspect of bytes that are not an archive reports a finding', async () => {
  const cwd = await tempTree({ 'garbage.mar': 'not a zip '.repeat(100) });
  const result = await inspect({ path: 'garbage.mar' }, testContext(cwd));
  expect(inspectResultSchema.parse(result)).toEqual(result);
  expect(result.findings).toMatchObject([{ severity: 'error' }]);
  expect(result).not.toHaveProperty('files');
});

test('inspect accepts an unpacked folder and a single weights file', async () => {
  const cwd = await tempTree({
    'm/MAR-INF/MANIFEST.json': JSON.stringify(manifestOf({})),
    'm/handler.py': handler,
    'model.onnx': linear,
  });
  const folder = await inspect({ path: 'm' }, testContext(cwd));
  expect(folder).toMatchObject({ format: 'folder', handler: { kind: 'python', member: 'handler.py' } });
  const bare = await inspect({ path: 'model.onnx', digest: true }, testContext(cwd));
  expect(bare).toMatchObject({ format: 'file', size: linear.length, parameters: 15, sha256: sha256(linear) });
  expect(inspectResultSchema.parse(bare)).toEqual(bare);
});

test('inspect names a missing path', async () => {
  const cwd = await tempTree();
  await expect(inspect({ path: 'gone.mar' }, testContext(cwd))).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    message: expect.stringContaining('gone.mar'),
  });
});

test('inspect shows the entry point and the imports of a handler, and the settings in effect', async () => {
  const cwd = await tempTree();
  const source =
    'import os\nfrom .local import x\nimport torch\n\n\nclass Digits:\n    def handle(self, data, context):\n        return data\n';
  const files = { 'handler.py': source, 'model-config.yaml': 'batchSize: 4\nresponseTimeout: soon\ncolour: red\n' };
  await makeMar(join(cwd, 'm.mar'), { files, manifest: manifestOf({ configFile: 'model-config.yaml' }) });
  const { handlerCode, config } = await inspect({ path: 'm.mar' }, testContext(cwd));
  expect(handlerCode).toEqual({ entry: ['Digits'], imports: ['.local', 'os', 'torch'] });
  expect(config).toMatchObject({
    status: 'ok',
    values: { batchSize: 4, responseTimeout: 'soon', colour: 'red' },
    effective: { batchSize: 4, responseTimeout: 120 },
  });
});

test.each([
  ['object_detector', 'detectors/yolov8.onnx', /^family ultralytics: .*metadata/],
  ['object_detector', 'models/linear4x3.onnx', undefined],
  ['tabular', 'tabular/by-column.onnx', /^columns age \(float32\), .*class \(string\)/],
  ['tabular', 'models/linear4x3.onnx', /^4 columns without names$/],
  ['base_handler', 'models/linear4x3.onnx', undefined],
])('inspect says what %s takes %s for', async (handler, model, words) => {
  const cwd = await tempTree();
  const bytes = await readFile(new URL(`../../fixtures/${model}`, import.meta.url));
  const manifest = manifestOf({ handler, serializedFile: 'm.onnx' });
  await makeMar(join(cwd, 'm.mar'), { files: { 'm.onnx': bytes }, manifest });
  const { takenFor } = await inspect({ path: 'm.mar' }, testContext(cwd));
  if (words === undefined) expect(takenFor).toBeUndefined();
  else expect(takenFor).toMatch(words);
});

test.each([
  ['handler.mjs:other', 'export const other = { handle() {} }; export default {};', ['other']],
  ['handler.mjs', 'export default { handle() {} };', ['default']],
  ['handler.mjs', 'export function preprocess() {}\nexport function postprocess() {}', ['preprocess', 'postprocess']],
])('inspect shows the entry point of %s', async (handler, code, entry) => {
  const cwd = await tempTree();
  await makeMar(join(cwd, 'm.mar'), { files: { 'handler.mjs': code }, manifest: manifestOf({ handler }, 'nodejs') });
  expect((await inspect({ path: 'm.mar' }, testContext(cwd))).handlerCode).toEqual({ entry, imports: [] });
});
