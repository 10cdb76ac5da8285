import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pack } from '../../../src/commands/pack/pack.ts';
import { validate } from '../../../src/commands/validate/validate.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/weights/openvino');
const handler = 'def handle(data, context):\n    return data\n';

async function rulesOf(files: Record<string, string | Uint8Array>): Promise<string[]> {
  const root = await tempTree();
  const manifest = manifestOf({ serializedFile: 'tiny.xml' });
  await makeMar(join(root, 'm.mar'), { manifest, files: { 'handler.py': handler, ...files } });
  const { findings } = await validate({ path: 'm.mar', only: ['weights'] }, testContext(root));
  return findings.map(({ rule, severity }) => `${severity} ${rule}`);
}

const xml = await readFile(join(fixtures, 'tiny.xml'), 'utf8');
const bin = await readFile(join(fixtures, 'tiny.bin'));

test.each([
  ['whole', { 'tiny.xml': xml, 'tiny.bin': bin }, []],
  ['with more bytes than are needed', { 'tiny.xml': xml, 'tiny.bin': Buffer.concat([bin, bin]) }, []],
  ['without its constants', { 'tiny.xml': xml }, ['error weights/openvino-constants-missing']],
  [
    'with constants under another name',
    { 'tiny.xml': xml, 'other.bin': bin },
    ['error weights/openvino-constants-missing'],
  ],
  [
    'with constants cut short',
    { 'tiny.xml': xml, 'tiny.bin': bin.subarray(0, 47) },
    ['error weights/openvino-constants'],
  ],
  [
    'with a constant of another size than its shape needs',
    { 'tiny.xml': xml.replace('shape="4, 3"', 'shape="4, 4"'), 'tiny.bin': bin },
    ['error weights/openvino-constants'],
  ],
  [
    'with a constant that lies behind the end',
    { 'tiny.xml': xml.replace('offset="0" size="48"', 'offset="8" size="48"'), 'tiny.bin': bin },
    ['error weights/openvino-constants'],
  ],
  ['without constants at all', { 'tiny.xml': xml.replace(/<layer id="1"[\s\S]*?<\/layer>/, '') }, []],
] as const)('a model %s', async (_, files, rules) => {
  expect(await rulesOf(files)).toEqual(rules);
});

test('a single XML whose constants are elsewhere is only warned of', async () => {
  const root = await tempTree({ 'tiny.xml': xml });
  const { findings } = await validate({ path: 'tiny.xml' }, testContext(root));
  expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toContain(
    'warning weights/openvino-constants-missing',
  );
});

test('mar pack takes the constants along', async () => {
  const root = await tempTree({ 'w/tiny.xml': xml, 'w/tiny.bin': bin, 'handler.py': handler });
  const options = { modelName: 'm', weights: 'w/tiny.xml', handler: 'handler.py' };
  const { files } = await pack(options, testContext(root));
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['tiny.bin', 'tiny.xml']));
});
