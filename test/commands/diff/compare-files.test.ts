import { expect, test } from 'vitest';
import { type Case, diffOf, handler, listOf } from './two-archives.ts';

const cases: readonly Case[] = [
  {
    name: 'a file for people is metadata',
    files: { 'README.md': 'two' },
    verdict: 'metadata-only',
    semver: 'patch',
    differences: [['files', 'changed', 'README.md', 'metadata']],
  },
  {
    name: 'code and what it reads are the handler’s',
    files: { 'handler.py': `import json\n${handler}`, 'vocab/words.txt': undefined, 'words.txt': 'a b c' },
    verdict: 'handler-only',
    semver: 'minor',
    differences: [
      ['handler', 'added', 'import json', 'handler'],
      ['files', 'changed', 'handler.py', 'handler'],
      ['files', 'moved', 'vocab/words.txt', 'handler'],
    ],
  },
];

test.each(cases)('$name', async ({ verdict, semver, differences, ...changed }) => {
  const result = await diffOf(changed);
  expect(listOf(result)).toEqual(differences);
  expect(result).toMatchObject({ verdict, semver });
});
