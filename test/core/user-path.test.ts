import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locate } from '../../src/core/user-path.ts';

test('a path stays as typed if it is correct from the current folder', () => {
  expect(locate('a/m.mar', { cwd: process.cwd() })).toBe('a/m.mar');
});

test('a path typed in another folder is joined to that folder', () => {
  const cwd = join(process.cwd(), 'elsewhere');
  expect(locate('m.mar', { cwd })).toBe(join(cwd, 'm.mar'));
  expect(locate('/m.mar', { cwd })).toBe('/m.mar');
});
