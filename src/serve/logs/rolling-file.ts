import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { describeError, systemCode, ToolError } from '../../core/errors.ts';
import { formatDay } from './log-line.ts';

/** When a file is rolled, and how many rolled files are kept. */
export interface RollingPolicy {
  /** Bytes. */
  readonly maxBytes: number;
  readonly kept: number;
}

export interface RollingFileOptions extends RollingPolicy {
  readonly path: string;
  now(): Date;
  /** Reported once when writing starts to fail, and once when it works again, with the number of lost lines. */
  onFailure(message: string): void;
}

export interface RollingFile {
  /** One line, written soon and in order, without waiting. */
  write(line: string): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Characters that may be buffered for a slow disk; more are lost, and counted. */
const MAX_WAITING = 16 * 1024 ** 2;

/**
 * A log file that is rolled at the end of its day or at its maximum size: it is renamed to `name.DD-MMM.log`,
 * compressed to `.gz`, and a new one is started. The second of a day gets a number. Rejects with LOG_UNWRITABLE.
 */
export async function openRollingFile(options: RollingFileOptions): Promise<RollingFile> {
  const { path, maxBytes, kept, now, onFailure } = options;
  let file = await openLog(path);
  let { size, mtime } = await file.stat();
  let day = formatDay(size > 0 ? mtime : now());
  let waiting: string[] = [];
  let waitingLength = 0;
  let lost = 0;
  let isFailing = false;
  let writing: Promise<void> | undefined;
  let packing: Promise<void> = Promise.resolve();

  const roll = async (today: string) => {
    const rolled = await freeName(path, day);
    await file.close();
    try {
      await rename(path, rolled);
      packing = packing.then(() => pack(rolled)).then(() => prune(path, kept));
      // The plain file stays; the next rolled file is compressed again.
      packing = packing.catch(() => {});
    } finally {
      file = await open(path, 'a');
      ({ size } = await file.stat());
      day = today;
    }
  };
  const writeOnce = async () => {
    const lines = waiting;
    waiting = [];
    waitingLength = 0;
    try {
      const today = formatDay(now());
      if (size > 0 && (size >= maxBytes || today !== day)) await roll(today);
      const bytes = Buffer.from(lines.join(''));
      await file.appendFile(bytes);
      size += bytes.length;
      if (!isFailing) return;
      isFailing = false;
      onFailure(`${path} is written again; ${lost} lines were lost.`);
      lost = 0;
    } catch (error) {
      lost += lines.length;
      if (isFailing) return;
      isFailing = true;
      onFailure(
        `${path} cannot be written (${systemCode(error) ?? describeError(error)}): lines are lost until it can be written.`,
      );
    }
  };
  const writeAll = async () => {
    while (waiting.length > 0) await writeOnce();
    writing = undefined;
  };

  return {
    write(line) {
      if (waitingLength > MAX_WAITING) {
        lost++;
        return;
      }
      waiting.push(`${line}\n`);
      waitingLength += line.length;
      // In the next turn: all lines of one turn are one write.
      writing ??= Promise.resolve().then(writeAll);
    },
    async close() {
      await writing;
      await packing;
      await file.close();
    },
  };
}

async function openLog(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, 'a');
  } catch (cause) {
    throw new ToolError('LOG_UNWRITABLE', { path, reason: systemCode(cause) ?? describeError(cause) }, { cause });
  }
}

/** Of `access_log.log` on the first of May: `access_log.01-May.log`, then `access_log.01-May.2.log`. */
async function freeName(path: string, day: string): Promise<string> {
  const taken = new Set(await readdir(dirname(path)));
  const stem = basename(path, '.log');
  for (let number = 1; ; number++) {
    const name = `${stem}.${day}${number === 1 ? '' : `.${number}`}.log`;
    if (!taken.has(name) && !taken.has(`${name}.gz`)) return join(dirname(path), name);
  }
}

async function pack(path: string): Promise<void> {
  const part = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(part));
  await rename(part, `${path}.gz`);
  await rm(path);
}

/** Removes the oldest rolled files beyond the maximum, and partial files of a killed server. */
async function prune(path: string, kept: number): Promise<void> {
  const folder = dirname(path);
  const stem = basename(path, '.log').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const rolled = new RegExp(`^${stem}\\.\\d\\d-[A-Z][a-z]{2}(\\.\\d+)?\\.log(\\.gz(\\.part)?)?$`);
  const names = (await readdir(folder)).filter((name) => rolled.test(name));
  const dated = await Promise.all(names.map(async (name) => ({ name, age: (await stat(join(folder, name))).mtimeMs })));
  dated.sort((a, b) => b.age - a.age);
  for (const { name } of dated.slice(kept)) await rm(join(folder, name), { force: true });
}
