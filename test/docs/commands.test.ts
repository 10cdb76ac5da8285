/** Every command line of README.md and docs/ is run, or is one of those that this test prints as shown only. */
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { archiverFlags } from '../../src/cli/drop-in/archiver-flags.ts';
import { workflowFlags } from '../../src/cli/drop-in/workflow-flags.ts';
import { commonFlags, type Flag } from '../../src/cli/program/flags.ts';
import { patience } from '../support/patience.ts';
import { commandLines, isRun, pages } from './pages.ts';
import { missingTools, runPage } from './run-page.ts';

describe('the page', () => {
  const running = pages.filter(({ fences }) => fences.some(isRun));
  test.for(running.map((page) => [page.path, page] as const))(
    '%s holds for every command line',
    { timeout: 5 * patience.testTimeout }, // a page is up to thirty commands and five servers
    async ([, page], { skip }) => {
      const missing = missingTools(page);
      if (missing.length > 0) return skip(`${missing.join(', ')} is not installed`);
      await runPage(page);
    },
  );
});

/** Languages of fences that hold no commands. */
const data = ['json', 'yaml', 'ts', 'js', 'ini', 'python', 'text', 'properties', 'dockerfile', 'diff'];

test('a fence is run, or only shown, or contains no command', () => {
  const odd = pages.flatMap(({ path, fences }) =>
    fences
      .filter(({ language }) => !['sh', 'console', ...data].includes(language))
      .map(({ language, text }) => `${path}: ${language} ${text.slice(0, 40)}`),
  );
  expect(odd).toEqual([]);
  const hidden = pages.flatMap(({ path, fences }) =>
    fences
      .filter(({ language }) => data.includes(language))
      .filter(({ text }) => /^(?:\$ )?(?:npx|mar|ts-(?:model|workflow)-archiver|curl) /m.test(text))
      .map(({ text }) => `${path}: ${text.slice(0, 60)}`),
  );
  expect(hidden, 'command lines in a fence that is not run').toEqual([]);
});

const shown = pages.flatMap(({ path, fences }) =>
  fences
    .filter(({ language }) => language === 'console')
    .flatMap(({ text }) => commandLines(text).map((line) => `  ${path}: ${line}`)),
);
console.log(`Shown only, not run:\n${shown.join('\n')}`);

const flagsOf: Record<string, readonly Flag[]> = {
  'ts-model-archiver': archiverFlags,
  'ts-workflow-archiver': workflowFlags,
  ...Object.fromEntries(commands.map(({ name, flags }) => [`mar ${name}`, [...flags, ...commonFlags]])),
};
const everywhere = ['help', 'h', 'version', 'V'];

/** What a line says that no command knows: a command, or one of its flags. */
function unknownWords(line: string): string[] {
  const called = /\b(mar (?!\.)[a-z]+|ts-(?:model|workflow)-archiver)\b(.*)$/.exec(line);
  if (!called) return [];
  const [, name = '', rest = ''] = called;
  const flags = flagsOf[name];
  if (!flags) return [name];
  const known = new Set([...everywhere, ...flags.flatMap((flag) => [flag.name, flag.short ?? ''])]);
  const words = rest.split(/[|;&]/)[0]?.match(/(?<=\s)--?[a-zA-Z][\w-]*/g) ?? [];
  return words.filter((word) => !known.has(word.replace(/^--?/, ''))).map((word) => `${name} ${word}`);
}

test('a command line that is only shown, or is in a sentence, has a known command and known flags', () => {
  const lines = [
    ...shown,
    ...pages.flatMap(({ path, prose }) =>
      [...prose.matchAll(/`((?:npx )?(?:mar|ts-(?:model|workflow)-archiver) [^`]+)`/g)].map(
        ([, line]) => `${path}: ${line}`,
      ),
    ),
  ];
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => unknownWords(line).length > 0)).toEqual([]);
  expect(unknownWords('mar serve x.mar --no-such-flag')).toEqual(['mar serve --no-such-flag']);
});
