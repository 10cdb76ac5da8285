import { expect, test } from 'vitest';
import type { DiffResult } from '../../../../src/commands/diff/result.ts';
import { formatDiff } from '../../../../src/ui/reporters/diff/human.ts';
import { createStyle } from '../../../../src/ui/style.ts';

const result: DiffResult = {
  schemaVersion: 1,
  before: { path: 'a.mar', kind: 'archive', size: 1, modelVersion: '1.0' },
  after: { path: 'b.mar', kind: 'archive', size: 1, modelVersion: '1.1' },
  verdict: 'breaking',
  semver: 'major',
  passed: false,
  differences: [
    {
      area: 'signature',
      change: 'changed',
      name: 'input x',
      before: 'float32[1]',
      after: 'float32[2]',
      impact: 'breaking',
      why: 'Dimension 0 was 1 and is 2.',
    },
    ...Array.from({ length: 21 }, (_, index) => ({
      area: 'tensors' as const,
      change: 'changed' as const,
      name: `w\u001b${index}`,
      impact: 'weights' as const,
      why: 'Its values differ.',
    })),
  ],
  unlisted: 0,
  tensors: { equal: 3, changed: 21, added: 0, removed: 0, renamed: 0, notCompared: 0 },
};

const text = formatDiff(result, createStyle({ color: false }));

test('the verdict, the step and the versions come first', () => {
  expect(text.split('\n').slice(0, 2)).toEqual([
    'a.mar → b.mar',
    '  breaking  calls for a major step; version 1.0 → 1.1',
  ]);
});

test('what breaks says so, with the values before and after', () => {
  expect(text).toContain('  ~ input x  float32[1] → float32[2]\n      breaking: Dimension 0 was 1 and is 2.');
});

test('a long area is cut and counted, its tensors summed up', () => {
  expect(text).toContain('tensors  21 changed, 3 equal');
  expect(text).toContain('… and 1 more (all of them with --json)');
  expect(text.match(/Its values differ\./g)).toHaveLength(1);
});

test('names from a file are escaped', () => {
  expect(text).not.toContain('\u001b');
  expect(text).toContain('w\\u001b0');
});
