import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pack } from '../../../src/commands/pack/pack.ts';
import { validate } from '../../../src/commands/validate/validate.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { makeZip } from '../../support/make-zip.ts';
import { inspectArtefact, packPrinted } from '../../support/pack-printed.ts';
import { tempTree } from '../../support/temp-tree.ts';

const mlmodel = 'flavors:\n  python_function:\n    loader_module: x\n';

test('an artefact is found in folders that hold nothing else, whatever systems left beside them', async () => {
  const cwd = await tempTree({
    'a/b/c/MLmodel': mlmodel,
    'a/.DS_Store': 'x',
    'a/__MACOSX/b/._c': 'x',
    'a/.git/config': 'x',
  });
  expect(await inspectArtefact(cwd, 'a')).toMatchObject({ tool: 'mlflow', folder: 'b/c', modelName: 'c' });
});

test('beside other folders it is not looked for', async () => {
  const cwd = await tempTree({ 'a/b/MLmodel': mlmodel, 'a/c/x.txt': 'x' });
  expect(await inspectArtefact(cwd, 'a')).toBeUndefined();
});

test('an archive is one, whatever it carries', async () => {
  const cwd = await tempTree();
  await makeMar(join(cwd, 'm.mar'), { files: { MLmodel: mlmodel, 'handler.py': '' }, manifest: manifestOf({}) });
  expect(await inspectArtefact(cwd, 'm.mar')).toBeUndefined();
});

test('a ZIP carries one too', async () => {
  const cwd = await tempTree({ 'm.zip': makeZip([{ name: 'm/MLmodel', content: mlmodel }]) });
  const artefact = await inspectArtefact(cwd, 'm.zip');
  expect(artefact).toMatchObject({ tool: 'mlflow', folder: 'm' });
  expect((await packPrinted(cwd, artefact?.pack.lines[0] ?? '')).names).toContain('MLmodel');
});

test('validate says whose files they are, and the line that packs them', async () => {
  const cwd = await tempTree({ 'my model/MLmodel': mlmodel });
  const { passed, findings } = await validate({ path: 'my model' }, testContext(cwd));
  expect(passed).toBe(false);
  const [finding] = findings.filter(({ rule }) => rule === 'manifest/present');
  expect(finding?.message).toContain('MLflow model');
  expect(finding?.hint).toMatch(/^Pack it with: mar pack --from '.*my model' --model-name my-model$/);
});

test('pack --from: what is given wins over what the artefact brings', async () => {
  const cwd = await tempTree({
    'm/MLmodel': mlmodel,
    'm/requirements.txt': 'a==1\n',
    'h.py': 'def handle(data, context):\n    return data\n',
    'r.txt': 'b==1\n',
    'x/MLmodel': 'mine',
  });
  const { manifest, files } = await pack(
    {
      from: 'm',
      modelName: 'n',
      version: '2',
      handler: 'h.py',
      requirements: 'r.txt',
      files: ['x/MLmodel'],
      config: false,
    },
    testContext(cwd),
  );
  expect(manifest.model).toMatchObject({
    modelName: 'n',
    modelVersion: '2',
    handler: 'h.py',
    requirementsFile: 'r.txt',
  });
  expect(files.find(({ path }) => path === 'MLmodel')?.size).toBe(4);
});

test.each([
  ['what no tool is known for', { 'm/notes.txt': 'x' }, 'ARTEFACT_UNKNOWN'],
  ['several models', { 'm/a/config.pbtxt': 'backend: "x"', 'm/b/config.pbtxt': 'backend: "x"' }, 'ARTEFACT_NOT_PACKED'],
  ['a handler that has to be written', { 'm/xgboost-model': 'x' }, 'ARTEFACT_NEEDS_HANDLER'],
  ['nothing at all', {}, 'FILE_NOT_FOUND'],
])('pack --from of %s is refused', async (_, files, code) => {
  const cwd = await tempTree(files);
  await expect(pack({ from: 'm', config: false }, testContext(cwd))).rejects.toMatchObject({ code });
});

test('an archive whose names lead out of it is refused as a carrier', async () => {
  const names = ['MLmodel', '../../evil.py'];
  const cwd = await tempTree({ 'm.zip': makeZip(names.map((name) => ({ name, content: mlmodel }))) });
  expect(await inspectArtefact(cwd, 'm.zip')).toBeUndefined();
  await expect(pack({ from: 'm.zip', config: false }, testContext(cwd))).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
  });
});
