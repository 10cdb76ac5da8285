import { expect, test } from 'vitest';
import { commonFlags } from '../../../src/cli/program/flags.ts';

test('the flags of every command: JSON, quiet, progress', () => {
  expect(commonFlags.map(({ name }) => name)).toEqual(['json', 'quiet', 'progress']);
  for (const { name, help } of commonFlags) expect(help, name).not.toBe('');
});
