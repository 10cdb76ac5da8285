import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeFolderAtomically } from '../bytes/atomic-output.ts';
import { readPlanned } from '../plan/read-planned.ts';
import type { WriteOptions, WrittenArchive, WrittenMember } from '../plan/write-options.ts';
import type { PlannedFile } from '../structure/types.ts';

/** Writes the files below a new folder. */
export async function writeFolder(options: Omit<WriteOptions, 'format' | 'compression'>): Promise<WrittenArchive> {
  const { target, files, epilogue, hash = false, onBytes } = options;
  const members = await writeFolderAtomically(options, async (folder) => {
    const written: WrittenMember[] = [];
    let done = 0;
    const add = async (file: PlannedFile) => {
      options.signal?.throwIfAborted();
      written.push(await copyFile(file, join(folder, ...file.path.split('/')), hash));
      done += file.size;
      onBytes?.(done);
    };
    for (const file of files) await add(file);
    if (epilogue) await add(epilogue(written));
    return written;
  });
  return { path: target, size: members.reduce((sum, { size }) => sum + size, 0), members };
}

async function copyFile(file: PlannedFile, path: string, hash: boolean): Promise<WrittenMember> {
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'wx', file.mode);
  const digest = hash ? createHash('sha256') : undefined;
  let crc = 0;
  try {
    await readPlanned(file, async (piece) => {
      crc = crc32(piece, crc);
      digest?.update(piece);
      await handle.appendFile(piece);
    });
  } finally {
    await handle.close();
  }
  const { path: name, size } = file;
  return {
    path: name,
    size,
    packedSize: size,
    method: 'stored',
    crc32: crc,
    ...(digest && { sha256: digest.digest('hex') }),
  };
}
