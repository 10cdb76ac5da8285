import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { archiverFlags } from '../../../src/cli/drop-in/archiver-flags.ts';
import { type ArgparseFlag, type Normalised, normaliseArgv } from '../../../src/cli/drop-in/argparse.ts';

/** What Python's own argparse made of each command line: fixtures/cli/argparse-cases.py records it. */
interface RecordedCase {
  readonly argv: readonly string[];
  readonly help?: true;
  readonly error?: string;
  readonly values?: Readonly<Record<string, string | true>>;
}

const fixture = new URL('../../fixtures/cli/argparse-cases.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as RecordedCase[];

/** The original's flags alone, with its own runtimes, so that its words can be compared letter by letter. */
const theirs = archiverFlags
  .filter((flag) => !flag.ours)
  .map((flag): ArgparseFlag => (flag.name === 'runtime' ? { ...flag, choices: ['python', 'python3', 'LSP'] } : flag));

function toRecorded(argv: readonly string[], result: Normalised): RecordedCase {
  switch (result.kind) {
    case 'help':
      return { argv, help: true };
    case 'usage':
      return { argv, error: result.message };
    case 'argv':
      return { argv, values: Object.fromEntries(result.argv.map(toValue)) };
  }
}

function toValue(word: string): [string, string | true] {
  const [, name = '', value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
  return [name.replaceAll('-', '_'), value ?? true];
}

describe('normaliseArgv ends as argparse does', () => {
  test.each(cases.map((recorded) => [JSON.stringify(recorded.argv), recorded] as const))('%s', (_, recorded) => {
    expect(toRecorded(recorded.argv, normaliseArgv(recorded.argv, theirs))).toEqual(recorded);
  });
});

describe('flags of ours', () => {
  const required = ['--model-name', 'm', '--handler', 'h'];
  test('do not make a prefix ambiguous that the original takes', () => {
    const result = normaliseArgv([...required, '--v', '1', '--c', 'x.yaml'], archiverFlags);
    expect(result).toEqual({
      kind: 'argv',
      argv: ['--model-name=m', '--handler=h', '--version=1', '--config-file=x.yaml'],
    });
  });
  test('are found by a prefix that is theirs alone', () => {
    const result = normaliseArgv([...required, '-v1', '--val=off', '--qui'], archiverFlags);
    expect(result).toEqual({
      kind: 'argv',
      argv: ['--model-name=m', '--handler=h', '--version=1', '--validate=off', '--quiet'],
    });
  });
  test('are refused with a value that is none of the choices', () => {
    expect(normaliseArgv([...required, '-v1', '--validate', 'maybe'], archiverFlags)).toEqual({
      kind: 'usage',
      message: "argument --validate: invalid choice: 'maybe' (choose from 'off', 'warn', 'error')",
    });
  });
});
