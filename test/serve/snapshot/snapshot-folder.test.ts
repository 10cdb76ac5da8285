import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameSnapshot, readLastSnapshot, writeSnapshot } from '../../../src/serve/snapshot/snapshot-folder.ts';
import { tempTree } from '../../support/temp-tree.ts';

const now = new Date(2026, 10, 25, 22, 1, 2, 3);
const empty = '{"name": "n", "modelCount": 0, "created": 0, "models": {}}';

test('names are local times and always sort last, also when the clock was set back', async () => {
  const folder = join(await tempTree(), 'new');
  expect(await nameSnapshot(folder, 'startup', now)).toBe('20261125220102003-startup.cfg');
  await writeSnapshot(folder, '20261231235959999-snapshot.cfg', new Map());
  expect(await nameSnapshot(folder, 'shutdown', now)).toBe('20270101000000000-shutdown.cfg');
});

test('the newest snapshot is read; partial and foreign files are not', async () => {
  const folder = await tempTree({ 'z.cfg': '', '.20991125220102003-startup.cfg.part': '' });
  expect(await readLastSnapshot(folder)).toBeUndefined();
  for (const [stamp, size] of [
    ['20261125220102004', '2'],
    ['20261125220102003', '1'],
  ] as const)
    await writeSnapshot(
      folder,
      `${stamp}-snapshot.cfg`,
      new Map(Object.entries({ job_queue_size: size, model_snapshot: empty })),
    );
  expect(await readLastSnapshot(folder)).toMatchObject({ path: join(folder, '20261125220102004-snapshot.cfg') });
  expect(await readFile(join(folder, '20261125220102003-snapshot.cfg'), 'utf8')).toContain('job_queue_size=1\n');
});

test('the newest hundred are kept, and no other file is touched', async () => {
  const folder = await tempTree({ 'ts.log': '', 'mine.cfg': '' });
  for (let day = 0; day < 105; day++)
    await writeSnapshot(folder, `${20_260_000 + day}000000000-snapshot.cfg`, new Map());
  const names = await readdir(folder);
  expect(names).toHaveLength(102);
  expect(names.sort().slice(0, 1)).toEqual(['20260005000000000-snapshot.cfg']);
});
