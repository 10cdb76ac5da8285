import { expect, test } from 'vitest';
import { Differences, semverStep } from '../../../src/commands/diff/differences.ts';
import type { DiffImpact } from '../../../src/commands/diff/result.ts';

function collect(...impacts: DiffImpact[]): Differences {
  const differences = new Differences();
  for (const impact of impacts) differences.add({ area: 'files', change: 'changed', name: 'x', impact, why: '' });
  return differences;
}

test.each([
  [[], 'equal', 'none'],
  [['metadata'], 'metadata-only', 'patch'],
  [['handler', 'metadata'], 'handler-only', 'minor'],
  [['weights', 'metadata'], 'weights-only', 'minor'],
  [['weights', 'handler'], 'compatible', 'minor'],
  [['compatible'], 'compatible', 'minor'],
  [['compatible', 'breaking', 'weights'], 'breaking', 'major'],
] as const)('%j is %s, a step of %s', (impacts, verdict, step) => {
  expect(collect(...impacts).verdict()).toBe(verdict);
  expect(semverStep(verdict)).toBe(step);
});

test('the list is bounded, the count and the verdict are not', () => {
  const differences = collect(...Array.from({ length: 20_001 }, () => 'weights' as const), 'breaking');
  expect(differences).toMatchObject({ count: 20_002, unlisted: 2 });
  expect(differences.listed).toHaveLength(20_000);
  expect(differences.verdict()).toBe('breaking');
});
