import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-info.ts';

/** Our own package.json. */
export async function readPackage(): Promise<{ optionalDependencies: Record<string, string> }> {
  return JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
}
