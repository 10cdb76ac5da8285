import { expect, test } from 'vitest';
import * as commands from '../../../src/cli/commands/index.ts';

const [entries = []] = Object.values(commands).filter(Array.isArray) as {
  name: string;
  summary: string;
  flags: { name: string }[];
  examples: { command: string }[];
}[][];

test('every command has a name of its own, a summary and an example that calls it', () => {
  expect(entries.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['pack', 'inspect', 'validate', 'serve', 'predict', 'extract']),
  );
  expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  for (const { name, summary, examples } of entries) {
    expect(summary, name).not.toBe('');
    for (const { command } of examples) expect(command).toContain(`mar ${name}`);
  }
});

test('no command has a flag twice', () => {
  for (const { name, flags } of entries) expect(new Set(flags.map((flag) => flag.name)).size, name).toBe(flags.length);
});
