import { createHash, randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemCode, ToolError } from '../../core/errors.ts';
import { refuseForeignFolder } from './replaceable.ts';

/**
 * Outputs are written under a private name next to the target and appear by one rename: a reader sees the old state or
 * the new one, never a part. The name `.<target>.<pid>.<host><random>.tmp` identifies the process: once it is gone
 * (SIGKILL, power loss), the next run in the same folder removes the file.
 */
const TEMPORARY = /^\.(.+)\.(\d+)\.([0-9a-f]{8})[0-9a-f]{12}\.(tmp|old)$/;

/** Processes of another machine on a shared file system look dead from here, so their files are left alone. */
const hostTag = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Names in use by this process; a process with the reused id of a dead one must not keep its leftovers. */
const ownNames = new Set<string>();

function privatePath(target: string, kind: 'tmp' | 'old'): string {
  const name = `.${basename(target)}.${process.pid}.${hostTag}${randomBytes(6).toString('hex')}.${kind}`;
  ownNames.add(name);
  return join(dirname(target), name);
}

export interface OutputOptions {
  readonly target: string;
  /** A file is replaced, and so is a folder that is an unpacked archive. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lets `fill` write a file that becomes the target on success. A file never replaces a folder, even if forced. */
export async function writeFileAtomically<T>(
  options: OutputOptions,
  fill: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  await refuseFolder(options.target);
  return atomically(options, async (path) => {
    const handle = await open(path, 'wx+', 0o666);
    try {
      const result = await fill(handle);
      // Only a replacement of a good archive is synced to disk first: a new file has nothing to lose in a power cut.
      if (await exists(options.target)) await handle.sync();
      return result;
    } finally {
      await handle.close();
    }
  });
}

async function refuseFolder(target: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined);
  if (found?.isDirectory()) throw new ToolError('NOT_A_FILE', { what: 'output', path: target, found: 'folder' });
}

/** Lets `fill` write below a new folder that becomes the target on success. */
export async function writeFolderAtomically<T>(
  options: OutputOptions,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  return atomically(options, async (path) => {
    await mkdir(path);
    return fill(path);
  });
}

async function atomically<T>(
  { target, force = false, signal }: OutputOptions,
  fill: (path: string) => Promise<T>,
): Promise<T> {
  await sweep(target);
  await findOld(target, force);
  const path = privatePath(target, 'tmp');
  try {
    throwIfCancelled(signal, target);
    const result = await fill(path);
    throwIfCancelled(signal, target);
    await replace(path, target, force);
    return result;
  } catch (cause) {
    await rm(path, { recursive: true, force: true }).catch(() => {});
    throw toOutputError(cause, target, signal);
  } finally {
    ownNames.delete(basename(path));
  }
}

/** The existing target, if it may be replaced. */
async function findOld(target: string, force: boolean): Promise<Stats | undefined> {
  const old = await lstat(target).catch(() => undefined);
  if (old && !force) throw new ToolError('OUTPUT_EXISTS', { path: target });
  if (old?.isDirectory()) await refuseForeignFolder(target);
  return old;
}

/** The one rename. A rename cannot replace a folder: the old folder is moved aside first, and moved back on failure. */
async function replace(path: string, target: string, force: boolean): Promise<void> {
  const old = await findOld(target, force);
  if (!old?.isDirectory()) {
    await rename(path, target);
    return;
  }
  const aside = privatePath(target, 'old');
  await rename(target, aside);
  try {
    await rename(path, target);
  } catch (cause) {
    await rename(aside, target);
    throw cause;
  }
  await rm(aside, { recursive: true, force: true });
  ownNames.delete(basename(aside));
}

/**
 * Removes the leftovers of dead processes next to the target, and restores a folder that one of them had moved aside.
 */
async function sweep(target: string): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, of, pid, host, kind] = TEMPORARY.exec(name) ?? [];
    if (of === undefined || host !== hostTag || isInUse(name, Number(pid))) continue;
    const path = join(folder, name);
    const owner = join(folder, of);
    if (kind === 'old' && !(await exists(owner))) await rename(path, owner).catch(() => {});
    else await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

function isInUse(name: string, pid: number): boolean {
  if (pid === process.pid) return ownNames.has(name);
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return systemCode(cause) !== 'ESRCH';
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

function throwIfCancelled(signal: AbortSignal | undefined, target: string): void {
  if (signal?.aborted) throw new ToolError('CANCELLED', { what: `Writing ${target}` });
}

function toOutputError(cause: unknown, target: string, signal: AbortSignal | undefined): unknown {
  if (cause instanceof ToolError) return cause;
  if (signal?.aborted) return new ToolError('CANCELLED', { what: `Writing ${target}` }, { cause });
  const code = systemCode(cause);
  return code === undefined ? cause : new ToolError('FILE_UNWRITABLE', { path: target, reason: code }, { cause });
}
