import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { archiverFlags } from '../../../src/cli/drop-in/archiver-flags.ts';
import { formatHelp, formatUsage } from '../../../src/cli/drop-in/usage.ts';

const recorded = (name: string): { stderr: string } => {
  const file = new URL(`../../fixtures/torch-model-archiver/cases/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as { stderr: string };
};

test('formatUsage breaks the options into lines as the original does', () => {
  const theirs = archiverFlags
    .filter((flag) => !flag.ours)
    .map((flag) => (flag.name === 'runtime' ? { ...flag, choices: ['python', 'python3', 'LSP'] } : flag));
  const block = recorded('err-no-args').stderr.split('torch-model-archiver: error')[0];
  expect(formatUsage('torch-model-archiver', theirs, 80)).toBe(block);
});

test('formatUsage stays on one line if there is room', () => {
  expect(formatUsage('x', [{ name: 'force', short: 'f', help: '' }], 80)).toBe('usage: x [-h] [-f]\n');
});

test('formatUsage puts the options below a program name that is too long', () => {
  const flags = [{ name: 'alpha', value: 'ALPHA', help: '' }];
  expect(formatUsage('a-long-program-name', flags, 34)).toBe(
    'usage: a-long-program-name\n       [-h] [--alpha ALPHA]\n',
  );
});

test('formatHelp lists every flag, ours separate from the original ones', () => {
  const help = formatHelp(
    { program: 'p', original: 'torch-model-archiver', description: 'd', flags: archiverFlags, epilogue: 'end\n' },
    80,
  );
  const [before = '', after = ''] = help.split('options that torch-model-archiver does not have:');
  for (const flag of archiverFlags) expect(flag.ours ? after : before).toContain(`--${flag.name}`);
});
