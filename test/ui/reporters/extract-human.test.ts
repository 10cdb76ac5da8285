import { expect, test } from 'vitest';
import { formatExtract } from '../../../src/ui/reporters/extract-human.ts';
import { createStyle } from '../../../src/ui/style.ts';

type Result = Parameters<typeof formatExtract>[0];
const result = { target: 'out', files: 2, bytes: 3000, dryRun: false, entries: [{ path: 'a\u0007', size: 3000 }] };
const show = (dryRun: boolean) =>
  formatExtract({ ...result, dryRun } as unknown as Result, createStyle({ color: false }));

test('the result is one line', () => {
  expect(show(false)).toMatch(/^out {2}2 files, .*\n$/);
});

test('a dry run lists the files, and says that nothing was written', () => {
  expect(show(true)).toContain('dry run: nothing was written');
  expect(show(true)).not.toContain('\u0007');
});
