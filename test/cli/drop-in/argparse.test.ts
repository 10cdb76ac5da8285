import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { archiverFlags } from '../../../src/cli/drop-in/archiver-flags.ts';
import { type ArgparseFlag, type Parsed, parseArgv } from '../../../src/cli/drop-in/argparse.ts';

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

function toRecorded(argv: readonly string[], result: Parsed): RecordedCase {
  switch (result.kind) {
    case 'help':
      return { argv, help: true };
    case 'usage':
      return { argv, error: result.message };
    case 'values':
      return {
        argv,
        values: Object.fromEntries(Object.entries(result.values).map(toPython)) as Record<string, string | true>,
      };
  }
}

/** `modelName` → `model_name`. */
function toPython([key, value]: [string, unknown]): [string, unknown] {
  return [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value];
}

describe('parseArgv gives the results of argparse', () => {
  test.each(cases.map((recorded) => [JSON.stringify(recorded.argv), recorded] as const))('%s', (_, recorded) => {
    expect(toRecorded(recorded.argv, parseArgv(recorded.argv, theirs))).toEqual(recorded);
  });
});

describe('our own flags', () => {
  const required = ['--model-name', 'm', '--handler', 'h'];
  test('do not make a prefix ambiguous that the original accepts', () => {
    const result = parseArgv([...required, '--v', '1', '--c', 'x.yaml'], archiverFlags);
    expect(result).toEqual({
      kind: 'values',
      values: { modelName: 'm', handler: 'h', version: '1', configFile: 'x.yaml' },
    });
  });
  test('are found by a prefix that only they have', () => {
    const result = parseArgv([...required, '-v1', '--val=off', '--qui'], archiverFlags);
    expect(result).toEqual({
      kind: 'values',
      values: { modelName: 'm', handler: 'h', version: '1', validate: 'off', quiet: true },
    });
  });
  test('are refused with a value outside the choices', () => {
    expect(parseArgv([...required, '-v1', '--validate', 'maybe'], archiverFlags)).toEqual({
      kind: 'usage',
      message: "argument --validate: invalid choice: 'maybe' (choose from 'off', 'warn', 'error')",
    });
  });
});
