import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether node_modules holds what package-lock.json asks for. An optional package may be absent, but not in another version. */
export async function isInstalled(root) {
  const [wanted, found] = await Promise.all([
    readPackages(join(root, 'package-lock.json')),
    // npm's own record of what it last put there.
    readPackages(join(root, 'node_modules', '.package-lock.json')),
  ]);
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    return path in found ? found[path].version === version : optional === true;
  });
}

async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
