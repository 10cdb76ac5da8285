import { expect, test } from 'vitest';
import type { DiffResult } from '../../../../src/commands/diff/result.ts';
import { formatDiffMarkdown } from '../../../../src/ui/reporters/diff/markdown.ts';

const result: DiffResult = {
  schemaVersion: 1,
  before: { path: 'a.mar', kind: 'archive', size: 1 },
  after: { path: 'b.mar', kind: 'archive', size: 1 },
  verdict: 'breaking',
  semver: 'major',
  passed: true,
  differences: [
    { area: 'files', change: 'added', name: '<b>|.md', after: 2000, impact: 'metadata', why: 'It is for people.' },
    { area: 'labels', change: 'removed', name: '/0', before: 'cat', impact: 'breaking', why: 'Answers change.' },
  ],
  unlisted: 0,
  tensors: { equal: 0, changed: 0, added: 0, removed: 0, renamed: 0, notCompared: 0 },
};

test('a table with what breaks first, its cells escaped', () => {
  expect(formatDiffMarkdown(result).split('\n')).toEqual([
    '### a.mar → b.mar: breaking',
    '',
    'Calls for a major step.',
    '',
    '| area | what | change | means |',
    '|---|---|---|---|',
    '| labels | /0 | removed cat | **breaking**: Answers change. |',
    '| files | &lt;b&gt;\\|.md | added 2 kB | metadata: It is for people. |',
    '',
  ]);
});

test('two equal archives have no table', () => {
  const equal = formatDiffMarkdown({ ...result, verdict: 'equal', semver: 'none', differences: [] });
  expect(equal).toBe('### a.mar → b.mar: equal\n\nNothing differs.\n');
});
