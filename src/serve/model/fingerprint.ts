import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What changes whenever an archive or folder does, taken from the file system alone: a new file by rename has another inode,
 * one that is rewritten in place another time. Undefined where there is nothing.
 */
export async function readFingerprint(path: string): Promise<string | undefined> {
  try {
    const facts = await stat(path, { bigint: true });
    if (!facts.isDirectory()) return `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`;
    const names = (await readdir(path)).sort();
    const members = await Promise.all(names.map(async (name) => `${name}: ${await readFingerprint(join(path, name))}`));
    return `{${members.join(', ')}}`;
  } catch {
    // Gone, or going: which of its files was missed does not matter.
    return undefined;
  }
}
