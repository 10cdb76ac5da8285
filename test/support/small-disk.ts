import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const run = (program: string, ...args: readonly string[]) => execFileSync(program, args, { stdio: 'ignore' });

/** Whether this user may mount a file system in memory: root on Linux, outside a container that forbids it. */
export const canMount: boolean = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = join(tmpdir(), `tsma-mount-${process.pid}`);
  try {
    mkdirSync(probe);
    run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe);
    run('umount', probe);
    return true;
  } catch {
    return false;
  } finally {
    rm(probe, { recursive: true, force: true }).catch(() => {});
  }
})();

/** A folder on a disk of its own that holds this many MiB, unmounted when the test ends. */
export async function smallDisk(mebibytes: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tsma-disk-'));
  run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder);
  onTestFinished(async () => {
    run('umount', '--lazy', folder);
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}
