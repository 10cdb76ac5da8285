import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkArchive } from '../../../src/commands/doctor/check-archive.ts';
import { testContext } from '../../support/context.ts';
import { type MarContent, makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

const model = await readFile(join(import.meta.dirname, '../../fixtures/models/linear4x3.onnx'));
const module = 'export default { handle: (rows) => rows };\n';

const cases: readonly [name: string, content: MarContent, needs: string[]][] = [
  [
    'pictures over ONNX',
    { manifest: manifestOf({ serializedFile: 'm.onnx', handler: 'image_classifier' }), files: { 'm.onnx': model } },
    ['onnxruntime-node', 'sharp'],
  ],
  [
    'texts over ONNX with a tokenizer',
    {
      manifest: manifestOf({ serializedFile: 'm.onnx', handler: 'text_classifier' }),
      files: { 'm.onnx': model, 'tokenizer.json': '{}' },
    },
    ['onnxruntime-node', '@huggingface/tokenizers'],
  ],
  ['a module by itself', { manifest: manifestOf({ handler: 'h.mjs' }, 'nodejs'), files: { 'h.mjs': module } }, []],
  ['Python', { manifest: manifestOf({}), files: { 'handler.py': 'def handle(d, c):\n  return d\n' } }, ['python']],
];

test.each(cases)('%s', async (_, content, needs) => {
  const root = await tempTree();
  await makeMar(join(root, 'm.mar'), content);
  expect(await checkArchive('m.mar', testContext(root))).toMatchObject({ check: { status: 'good' }, needs });
});
