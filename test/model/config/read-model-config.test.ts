import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { readModelConfig } from '../../../src/model/config/read-model-config.ts';
import { planContents } from '../../support/plan-files.ts';

test('a key that is a list is read without a warning on stderr', async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const reading = await readModelConfig(planTree('m.mar', planContents({ 'c.yaml': '? [1, 2]\n: 3\n' })), 'c.yaml');
  await nextTurn();
  expect([reading.kind, warnings]).toEqual(['ok', []]);
});
