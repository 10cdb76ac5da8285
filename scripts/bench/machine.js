/** What a number means nothing without: the machine, and the versions of everything that was measured. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const projectRoot = resolve(import.meta.dirname, '..', '..');

export async function describeMachine() {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8'));
  const { version, dependencies, optionalDependencies } = JSON.parse(
    await readFile(join(projectRoot, 'package.json'), 'utf8'),
  );
  const packages = Object.keys({ ...dependencies, ...optionalDependencies });
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    zlib: process.versions.zlib,
    version,
    commit: await commit(),
    packages: Object.fromEntries(
      packages.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? null]),
    ),
  };
}

/** The commit measured, with a mark when the tree differs from it; null outside a clone. */
async function commit() {
  const git = (...args) => promisify(execFile)('git', args, { cwd: projectRoot }).then(({ stdout }) => stdout.trim());
  try {
    const [hash, changes] = await Promise.all([git('rev-parse', '--short=12', 'HEAD'), git('status', '--porcelain')]);
    return changes === '' ? hash : `${hash} with changes`;
  } catch {
    return null;
  }
}
