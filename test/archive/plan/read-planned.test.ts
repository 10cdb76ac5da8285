import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPlanned, readPlanned } from '../../../src/archive/plan/read-planned.ts';
import { planFile } from '../../support/plan-files.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('a planned file gives its content', async () => {
  const path = join(await tempTree({ f: 'content' }), 'f');
  const pieces: string[] = [];
  await readPlanned(planFile('f', path, 7), async (piece) => void pieces.push(Buffer.from(piece).toString()));
  expect(pieces.join('')).toBe('content');
});

test('a file whose size differs from the plan is INPUT_CHANGED', async () => {
  const path = join(await tempTree({ f: 'content' }), 'f');
  await expect(openPlanned(planFile('f', path, 8))).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
});

test('a file truncated while it is read is INPUT_CHANGED', async () => {
  const path = join(await tempTree({ f: Buffer.alloc(8_000_000) }), 'f');
  const reading = readPlanned(planFile('f', path, 8_000_000), () => truncate(path, 10));
  await expect(reading).rejects.toMatchObject({ code: 'INPUT_CHANGED', message: expect.stringContaining('fewer') });
});
