import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Changes whenever the archive or folder does, from file metadata alone: a renamed file has another inode, a rewritten one
 * another time. Undefined if nothing is there.
 */
export async function readFingerprint(path: string): Promise<string | undefined> {
  try {
    const facts = await stat(path, { bigint: true });
    if (!facts.isDirectory()) return `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`;
    const names = (await readdir(path)).sort();
    const members = await Promise.all(names.map(async (name) => `${name}: ${await readFingerprint(join(path, name))}`));
    return `{${members.join(', ')}}`;
  } catch {
    // Removed, perhaps while it was read.
    return undefined;
  }
}
