import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';

const file = readFileSync(new URL('../../fixtures/weights/nemo/asr.nemo', import.meta.url));
const checkpointFile = readFileSync(new URL('../../fixtures/weights/torch/state-dict-p2.pt', import.meta.url));

async function read(bytes: Buffer, name = 'asr.nemo') {
  const { detected, facts, problems } = await readWeights(bufferSource(name, bytes), name);
  return { detected, facts, rules: [...new Set(problems.map(({ rule }) => rule))] };
}

test('the class is read, and the tensors of the checkpoint', async () => {
  const checkpoint = await read(checkpointFile, 'w.pt');
  expect(await read(file)).toMatchObject({
    detected: 'NeMo',
    facts: {
      target: 'nemo.collections.asr.models.EncDecCTCModel',
      version: '2.1.0',
      members: ['model_config.yaml', 'model_weights.ckpt'],
      parameters: checkpoint.facts?.parameters,
    },
    rules: [],
  });
});

test('NeMo is recognised under any name', async () => {
  expect(await read(file, 'model.pt')).toMatchObject({ detected: 'NeMo', rules: ['weights/extension'] });
});

test('a file cut inside its checkpoint is broken', async () => {
  const { detected, rules } = await read(file.subarray(0, 1900));
  expect(detected).toBe('NeMo');
  expect(rules).toContain('weights/malformed');
});

test('a pickle in it that runs code is found', async () => {
  const bytes = Buffer.from(file);
  // Of as many letters as the module it names; a tar has no sums of what is in it.
  bytes.write('subprocess1', bytes.indexOf('collections\nOrderedDict'), 'latin1');
  expect((await read(bytes)).rules).toContain('weights/pickle-unsafe-global');
});

test('any other tar is refused as before', async () => {
  const other = Buffer.from(file.toString('latin1').replace('model_config.yaml', 'model_confib.yaml'), 'latin1');
  expect(await read(other, 'm.tar')).toMatchObject({ detected: 'tar archive', facts: undefined });
});
