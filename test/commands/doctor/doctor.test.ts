import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DoctorOptions, doctor } from '../../../src/commands/doctor/doctor.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

const model = await readFile(join(import.meta.dirname, '../../fixtures/models/linear4x3.onnx'));

/** With an empty PATH no Python is found but the one that is named. */
async function examine(options: DoctorOptions, cwd?: string) {
  const context = { ...testContext(cwd ?? (await tempTree())), env: {} };
  const result = await doctor(options, context);
  return { ...result, byId: Object.fromEntries(result.checks.map((check) => [check.id, check])) };
}

test('a machine without Python is in nobody’s way until an archive needs it', async () => {
  const { byId, passed } = await examine({});
  expect(passed).toBe(true);
  expect(byId).toMatchObject({
    node: { status: 'good', found: expect.stringContaining(process.version) },
    'onnxruntime-node': { status: 'good', found: expect.stringMatching(/^\d+\.\d+\.\d+.* \(.*cpu.*\)$/) },
    sharp: { status: 'good' },
    esbuild: { status: 'good' },
    python: { status: 'absent', remedy: expect.stringContaining('--python') },
    'temporary-folder': { status: 'good' },
  });
});

test('an archive over ONNX needs onnxruntime, and passes where it is', async () => {
  const root = await tempTree();
  const manifest = manifestOf({ serializedFile: 'm.onnx', handler: 'base_handler' });
  await makeMar(join(root, 'm.mar'), { manifest, files: { 'm.onnx': model } });
  const { byId, passed } = await examine({ path: 'm.mar' }, root);
  expect(passed).toBe(true);
  expect(byId.archive).toMatchObject({ status: 'good', found: expect.stringContaining('base_handler') });
});

test('an archive in Python does not pass without a Python that has torchserve', async () => {
  const root = await tempTree();
  await makeMar(join(root, 'm.mar'), {
    manifest: manifestOf({}),
    files: { 'handler.py': 'def handle(d, c):\n  return d\n' },
  });
  const { byId, passed } = await examine({ path: 'm.mar' }, root);
  expect(passed).toBe(false);
  expect(byId.python).toMatchObject({ status: 'bad', purpose: expect.stringContaining('the archive needs it') });
});

test('an archive that cannot be served says why, with the next step', async () => {
  const root = await tempTree();
  await makeMar(join(root, 'm.mar'), { manifest: manifestOf({ handler: 'missing.py' }) });
  const { byId, passed } = await examine({ path: 'm.mar' }, root);
  expect(passed).toBe(false);
  expect(byId.archive).toMatchObject({
    status: 'bad',
    found: expect.stringContaining('missing.py'),
    remedy: expect.stringContaining('mar validate m.mar'),
  });
});

test('a path that is not there is an error, not a check', async () => {
  await expect(examine({ path: 'nothing.mar' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});
