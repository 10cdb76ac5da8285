import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../archive/bytes/atomic-output.ts';
import { describeError, isToolError, systemCode, ToolError } from '../../core/errors.ts';
import { readNamedFile } from '../../core/read-file.ts';
import { type ModelSnapshot, modelSnapshot } from '../config/model-snapshot.ts';
import { formatProperties, parseProperties } from '../config/properties.ts';

/** Why a snapshot is written. */
export type SnapshotReason = 'startup' | 'snapshot' | 'shutdown';

/** `yyyyMMddHHmmssSSS-startup.cfg`, in local time (contract 4.2): sorted by name they are sorted by time. */
const NAME = /^(\d{17})-(startup|snapshot|shutdown)\.cfg$/;
/** Snapshots kept; every change of a model writes one. */
const KEPT = 100;

export interface SnapshotFile {
  readonly path: string;
  readonly text: string;
  readonly models: ModelSnapshot;
}

/** The newest snapshot. Throws SNAPSHOT_NOT_RESTORED if it is damaged: never falls back to an older state. */
export async function readLastSnapshot(folder: string): Promise<SnapshotFile | undefined> {
  const last = (await listNames(folder)).at(-1);
  if (last === undefined) return undefined;
  const path = join(folder, last);
  const text = (await readNamedFile(path, 'snapshot')).toString('utf8');
  const found = modelSnapshot.safeParse(parseProperties(text).get('model_snapshot'));
  if (found.success) return { path, text, models: found.data };
  const [issue] = found.error.issues;
  const problem = `${['model_snapshot', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`;
  throw new ToolError('SNAPSHOT_NOT_RESTORED', { path, problem });
}

/** Sorts after every other name in the folder, also when the clock was set back. */
export async function nameSnapshot(folder: string, reason: SnapshotReason, now: Date): Promise<string> {
  const last = NAME.exec((await listNames(folder)).at(-1) ?? '')?.[1] ?? '';
  const stamp = toStamp(now.getTime() - now.getTimezoneOffset() * 60_000);
  return `${stamp > last ? stamp : toStamp(fromStamp(last) + 1)}-${reason}.cfg`;
}

/** Atomic and durable; mode 0600, since a configuration can hold a password. */
export async function writeSnapshot(
  folder: string,
  name: string,
  properties: ReadonlyMap<string, string>,
): Promise<string> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomically({ target: path }, async (file) => {
      await file.chmod(0o600);
      await file.writeFile(formatProperties(properties));
      await file.sync();
    });
    await syncFolder(folder);
  } catch (cause) {
    if (isToolError(cause)) throw cause;
    throw new ToolError('FILE_UNWRITABLE', { path, reason: systemCode(cause) ?? describeError(cause) }, { cause });
  }
  for (const old of (await listNames(folder)).slice(0, -KEPT)) await rm(join(folder, old), { force: true });
  return path;
}

async function listNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return [];
    throw new ToolError(
      'FILE_UNREADABLE',
      { path: folder, reason: systemCode(cause) ?? describeError(cause) },
      { cause },
    );
  });
  return names.filter((name) => NAME.test(name)).sort();
}

/** Makes the rename durable; Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function toStamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\D/g, '');
}

function fromStamp(stamp: string): number {
  const [, date, hours, minutes, seconds, rest] = /^(\d{8})(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(stamp) ?? [];
  const day = date?.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3');
  return Date.parse(`${day}T${hours}:${minutes}:${seconds}.${rest}Z`);
}
