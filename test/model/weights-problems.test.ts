import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planTree } from '../../src/archive/plan/plan-tree.ts';
import { createFacts } from '../../src/model/read-facts.ts';
import { manifestOf } from '../support/make-mar.ts';
import { planContents } from '../support/plan-files.ts';
import { integer, message, model, tensor, text } from '../weights/onnx/protobuf-bytes.ts';
import { payload, pickle } from '../weights/pickle-bytes.ts';

const onnx = readFileSync(new URL('../fixtures/models/linear4x3.onnx', import.meta.url));
/** Would call os.system if anybody loaded it. */
const dangerous = pickle(payload);

async function problemsOf(files: Record<string, string | Uint8Array>, fields: Record<string, string> = {}) {
  const manifest = JSON.stringify(manifestOf(fields));
  const facts = createFacts(planTree('m.mar', planContents({ ...files, 'MAR-INF/MANIFEST.json': manifest })));
  return (await facts.weightsProblems()).map(({ member, problem }) => `${member} ${problem.rule}`);
}

const external = (location: string) => {
  const entry = (key: string, value: string) => message(13, text(1, key), text(2, value));
  return model(message(5, tensor('w', [1], entry('location', location), entry('length', '4'), integer(14, 1))));
};

describe('a pickle that runs code is found whatever its name', () => {
  test.each(['weights.md', 'notes.txt', 'config.yaml', 'helper.py', 'app.js', 'MAR-INF/extra', 'data/x', 'LICENSE'])(
    '%s',
    async (member) => {
      expect(await problemsOf({ [member]: dangerous })).toEqual([`${member} weights/pickle-unsafe-global`]);
      expect(await problemsOf({ [member]: dangerous }, { serializedFile: member })).toContain(
        `${member} weights/pickle-unsafe-global`,
      );
    },
  );

  test('as the external data of an ONNX model', async () => {
    const found = await problemsOf({ 'm.onnx': external('w.bin'), 'w.bin': dangerous }, { serializedFile: 'm.onnx' });
    expect(found).toContain('w.bin weights/pickle-unsafe-global');
  });
});

test('files that are not weights are ignored', async () => {
  const files = {
    'handler.py': 'import os\nclass A: pass\n',
    'README.md': '# cos\nsystem\n',
    'model.json': '{"learner": {}}',
    'tree.txt': 'tree\nversion=v4\n',
    'image.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    'm.onnx': onnx,
    '._m.onnx': Uint8Array.of(0, 5, 0x16, 7, 0, 2, 0, 0),
  };
  expect(await problemsOf(files, { serializedFile: 'm.onnx' })).toEqual([]);
});
