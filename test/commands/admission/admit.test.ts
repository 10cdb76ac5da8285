import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { admit } from '../../../src/commands/admission/admit.ts';
import { refusalOf, refusals } from '../../../src/commands/admission/refusals.ts';
import { allRules } from '../../../src/validate/rules/index.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

const ownHandler = 'def handle(data, context):\n    return data\n';
const callsSystem = Buffer.from('cos\nsystem\n(S"true"\ntR.', 'latin1');

async function archiveOf(name: string, content: string | Buffer, handler = 'handler.py', more = {}): Promise<string> {
  const path = join(await tempTree(), 'm.mar');
  const files = { 'handler.py': ownHandler, [name]: content, ...more };
  await makeMar(path, { files, manifest: manifestOf({ handler, serializedFile: name }) });
  return path;
}

const foreign: readonly (readonly [string, string, string | Buffer])[] = [
  ['a JSON model of XGBoost', 'model.json', '{"learner":{"attributes":{},"feature_names":[]},"version":[2,0,3]}'],
  ['text of LightGBM', 'model.txt', 'tree\nversion=v4\nnum_class=1\n\nTree=0\nnum_leaves=2\n'],
  ['an empty placeholder', 'model.bin', ''],
  ['an empty .pt', 'model.pt', ''],
  ['text called .pt', 'model.pt', 'see the object store'],
  ['unknown bytes', 'model.dat', Buffer.from([0x93, 0xf1, 0x00, 0xff, 0x17, 0x2c, 0xe8, 0x81, 0x05, 0xd9])],
  ['unknown bytes called .onnx', 'model.onnx', Buffer.from([0xff, 0xfe, 0x00, 0x13, 0x37, 0x99, 0xaa, 0xbb])],
  ['a FlatBuffers file', 'model.tflite', Buffer.from('\u001c\0\0\0TFL3\u0014\0 \0', 'latin1')],
  ['comma-separated values', 'weights.csv', 'a,b\n1,2\n'],
  ['a cut safetensors file', 'model.safetensors', Buffer.from('\u0040\0\0\0\0\0\0\0{"a":', 'latin1')],
];

describe('admit', () => {
  test.each(foreign)('a custom handler may read %s', async (_, name, content) => {
    await expect(admit(await archiveOf(name, content))).resolves.toBeUndefined();
  });

  test.each(foreign.filter(([, name]) => !/csv|tflite/.test(name)))(
    'a built-in handler may not read %s',
    async (_, name, content) => {
      const path = await archiveOf(name, content, 'image_classifier');
      await expect(admit(path)).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
    },
  );

  test.each(['model.pkl', 'model.json', 'model.dat'])('refuses a pickle that calls system, as %s', async (name) => {
    const refused = { code: 'ARCHIVE_REFUSED', findings: [{ rule: 'weights/pickle-unsafe-global' }] };
    await expect(admit(await archiveOf(name, callsSystem))).rejects.toMatchObject(refused);
  });

  test.each(['./gone\n', 'a>=4.*\n', '-r gone.txt\n'])('leaves requirements to pip: %j', async (content) => {
    const path = join(await tempTree(), 'm.mar');
    const manifest = manifestOf({ requirementsFile: 'requirements.txt' });
    await makeMar(path, { files: { 'handler.py': ownHandler, 'requirements.txt': content }, manifest });
    await expect(admit(path)).resolves.toBeUndefined();
  });

  test('ignores other files that do not parse', async () => {
    await expect(admit(await archiveOf('old.py', 'print "two"\n'))).resolves.toBeUndefined();
  });

  test('refuses a handler that does not parse', async () => {
    const path = await archiveOf('w.bin', '', 'handler.py', { 'handler.py': 'def handle(:\n' });
    await expect(admit(path)).rejects.toMatchObject({ findings: [{ rule: 'handler/python-syntax' }] });
  });

  test('admits an archive without the file its manifest names if its handler can do without', async () => {
    const path = join(await tempTree(), 'm.mar');
    await makeMar(path, { files: { 'handler.py': ownHandler }, manifest: manifestOf({ serializedFile: 'gone.bin' }) });
    await expect(admit(path)).resolves.toBeUndefined();
  });
});

describe('the table of refusals', () => {
  test('names only known rules and areas', () => {
    const known = new Set(allRules.flatMap(({ id }) => [id, id.split('/')[0]]));
    expect(refusals.map(({ rule }) => rule).filter((rule) => !known.has(rule) && rule !== 'internal')).toEqual([]);
  });

  test('has no rule about quality', () => {
    expect(refusalOf('hygiene/size')).toBeUndefined();
    expect(refusalOf('compatibility/torchserve-onnx')).toBeUndefined();
  });
});
