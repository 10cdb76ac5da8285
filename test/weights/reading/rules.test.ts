import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allRules } from '../../../src/validate/rules/index.ts';
import { weightsRules } from '../../../src/weights/reading/rules.ts';

const src = new URL('../../../src/', import.meta.url);

/** The code that may report a problem of weights: the readers, and what judges whole trees of them. */
const code = ['weights', 'model', 'validate']
  .flatMap((room) =>
    readdirSync(new URL(room, src), { recursive: true, encoding: 'utf8' }).map((file) => `${room}/${file}`),
  )
  .filter((file) => file.endsWith('.ts') && file !== 'weights/reading/rules.ts')
  .map((file) => readFileSync(new URL(file, src), 'utf8'))
  .join('\n');

test.each(Object.keys(weightsRules))('%s is reported by a reader', (id) => {
  expect(code.includes(`'${id}'`) || code.includes(`'${id.replace('weights/', '')}'`)).toBe(true);
});

test('every rule of the readers is a rule of validate, with the same texts', () => {
  const known = new Map<string, unknown>(
    allRules.map(({ id, severity, title, help }) => [id, { severity, title, help }]),
  );
  for (const [id, words] of Object.entries(weightsRules)) expect(known.get(id), id).toEqual(words);
});
