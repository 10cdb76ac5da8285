import { expect, test } from 'vitest';
import { formatArtefact } from '../../../../src/ui/reporters/inspect/artefact.ts';
import { createStyle } from '../../../../src/ui/style.ts';

const artefact = {
  tool: 'mlflow',
  name: 'MLflow model',
  modelName: 'iris\u001b[2J',
  modelVersion: '3',
  flavours: Array.from({ length: 14 }, (_, at) => `f${at}`),
  versions: { mlflow: '3.17.2' },
  weights: [],
  requirements: [],
  models: [],
  notes: ['A note.'],
} as const;

test('facts, notes and the line by itself; no control character of a stranger is printed', () => {
  const pack = { lines: ['mar pack --from m --model-name iris'], handler: 'base_handler' };
  const text = formatArtefact(
    {
      ...artefact,
      flavours: [...artefact.flavours],
      weights: [],
      requirements: [],
      models: [],
      notes: [...artefact.notes],
      pack,
    },
    createStyle({ color: false, width: 80 }),
  );
  expect(text).toContain('MLflow model');
  expect(text).toContain('version 3');
  expect(text).toContain('f11 and 2 more');
  expect(text).toMatch(/note +A note\./);
  expect(text.split('\n').at(-1)?.trim()).toBe('mar pack --from m --model-name iris');
  expect(text).not.toContain('\u001b');
});
