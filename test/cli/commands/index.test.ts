import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import * as commands from '../../../src/cli/commands/index.ts';

/** Files of the folder that hold no command. */
const others = ['index', 'shared-flags'];

const [entries = []] = Object.values(commands).filter(Array.isArray) as {
  name: string;
  summary: string;
  flags: { name: string }[];
  examples: { command: string }[];
}[][];

test('every command has a unique name, a summary and an example that calls it', () => {
  expect(entries.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['pack', 'inspect', 'validate', 'serve', 'predict', 'extract']),
  );
  expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  for (const { name, summary, examples } of entries) {
    expect(summary, name).not.toBe('');
    for (const { command } of examples) expect(command).toContain(`mar ${name}`);
  }
});

test('no command declares a flag twice', () => {
  for (const { name, flags } of entries) expect(new Set(flags.map((flag) => flag.name)).size, name).toBe(flags.length);
});

test('every file of the folder is a command in the list', () => {
  const folder = new URL('../../../src/cli/commands/', import.meta.url);
  const names = readdirSync(folder).map((file) => basename(file, '.ts'));
  expect(entries.map(({ name }) => name).sort()).toEqual(names.filter((name) => !others.includes(name)).sort());
});

test('every command has a test with its name', () => {
  const tests = readdirSync(new URL('../../commands/', import.meta.url), { recursive: true, encoding: 'utf8' });
  const names = tests.map((file) => basename(file, '.test.ts'));
  expect(entries.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([]);
});
