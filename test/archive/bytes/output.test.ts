import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createOutput } from '../../../src/archive/bytes/output.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('appended and rewritten bytes, buffered or not, are at their offsets in the file', async () => {
  const path = join(await tempTree(), 'out');
  const handle = await open(path, 'w');
  const output = createOutput(handle);
  const large = Buffer.alloc(600_000, 'L');
  const wanted = Buffer.concat([Buffer.from('head'), large, Buffer.from('tail')]);
  for (const piece of [Buffer.from('head'), large, Buffer.from('tail')]) await output.append(piece);
  expect(output.position).toBe(wanted.length);
  for (const [offset, text] of [
    [0, 'HE'],
    [600_003, 'XY'],
    [600_006, 'IL'],
  ] as const) {
    await output.rewrite(offset, Buffer.from(text));
    wanted.set(Buffer.from(text), offset);
  }
  await output.flush();
  await handle.close();
  expect((await readFile(path)).equals(wanted)).toBe(true);
});
