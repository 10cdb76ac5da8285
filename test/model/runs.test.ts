import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { planTree } from '../../src/archive/plan/plan-tree.ts';
import { createFacts } from '../../src/model/read-facts.ts';
import { judgeRuns } from '../../src/model/runs.ts';
import { manifestOf } from '../support/make-mar.ts';
import { planContents } from '../support/plan-files.ts';

const onnx = readFileSync(new URL('../fixtures/models/linear4x3.onnx', import.meta.url));

async function judge(model: Record<string, string>, files: Record<string, string | Uint8Array>, runtime = 'python') {
  const manifest = JSON.stringify(manifestOf(model, runtime));
  const facts = createFacts(planTree('m.mar', planContents({ ...files, 'MAR-INF/MANIFEST.json': manifest })));
  const verdicts = await judgeRuns(facts);
  return Object.fromEntries(verdicts.map(({ server, able, obstacle }) => [server, obstacle ?? able]));
}

test.each([
  [
    'ONNX weights with a built-in handler',
    { handler: 'image_classifier', serializedFile: 'm.onnx' },
    { 'm.onnx': onnx },
    { 'mar serve': 'yes', TorchServe: 'onnx-in-torchserve' },
  ],
  [
    'a built-in handler of ours',
    { handler: 'tabular', serializedFile: 'm.onnx' },
    { 'm.onnx': onnx },
    { 'mar serve': 'yes', TorchServe: 'onnx-in-torchserve' },
  ],
  [
    'a built-in handler of ours without ONNX',
    { handler: 'tabular', serializedFile: 'm.pt' },
    { 'm.pt': 'x' },
    { 'mar serve': 'no-builtin', TorchServe: 'onnx-in-torchserve' },
  ],
  [
    'a file that is called as a built-in handler of ours',
    { handler: 'tabular', serializedFile: 'm.pt' },
    { 'm.pt': 'x', 'tabular.py': 'def handle(data, context): return data\n' },
    { 'mar serve': 'yes', TorchServe: 'yes' },
  ],
  [
    'a state dict without its class',
    { handler: 'image_classifier', serializedFile: 'm.pth' },
    { 'm.pth': 'x' },
    { 'mar serve': 'no-model-class', TorchServe: 'no-model-class' },
  ],
  [
    'a state dict with its class',
    { handler: 'image_classifier', serializedFile: 'm.pth', modelFile: 'net.py' },
    { 'm.pth': 'x', 'net.py': 'class Net: pass\n' },
    { 'mar serve': 'yes', TorchServe: 'yes' },
  ],
  [
    'a built-in handler without weights',
    { handler: 'base_handler' },
    {},
    { 'mar serve': 'no-weights', TorchServe: 'no-weights' },
  ],
  ['a handler that fetches its weights', { handler: 'vllm_handler' }, {}, { 'mar serve': 'yes', TorchServe: 'yes' }],
  [
    'a Python handler of its own',
    { handler: 'h.py' },
    { 'h.py': 'def handle(data, context): return data\n' },
    { 'mar serve': 'yes', TorchServe: 'yes' },
  ],
  [
    'a handler that is not there',
    { handler: 'h.py' },
    {},
    { 'mar serve': 'missing-handler', TorchServe: 'missing-handler' },
  ],
])('%s', async (_, model, files, expected) => {
  expect(await judge(model, files)).toEqual(expected);
});

test('a JavaScript handler runs here and not in TorchServe', async () => {
  expect(await judge({ handler: 'h.mjs' }, { 'h.mjs': 'export default { handle() {} };' }, 'nodejs')).toEqual({
    'mar serve': 'yes',
    TorchServe: 'runtime',
  });
});
