import { expect, test } from 'vitest';
import { formatRepack } from '../../../src/ui/reporters/repack-human.ts';
import { createStyle } from '../../../src/ui/style.ts';

type Result = Parameters<typeof formatRepack>[0];
const show = (copied: number) =>
  formatRepack({ output: 'm.mar', files: 3, size: 10, copied } as unknown as Result, createStyle({ color: false }));

test('the report counts the files that were copied without compressing them again', () => {
  expect(show(0)).not.toContain('copied');
  expect(show(2)).toContain('2 copied as they were');
  expect(show(3)).toContain('all copied as they were');
});
