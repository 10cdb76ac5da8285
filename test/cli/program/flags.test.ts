import { expect, test } from 'vitest';
import { commonFlags } from '../../../src/cli/program/flags.ts';

test('what every command takes: a result as JSON, silence, and how progress is shown', () => {
  expect(commonFlags.map(({ name }) => name)).toEqual(['json', 'quiet', 'progress']);
  for (const { name, help } of commonFlags) expect(help, name).not.toBe('');
});
