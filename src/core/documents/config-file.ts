import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openFile, readAll } from '../byte-source.ts';
import { readYaml } from './yaml.ts';

/** Bytes; configs are written by hand. */
const MAX_CONFIG_BYTES = 1024 ** 2;

/** The first of the names that exists as a file in the folder. */
export async function findConfig(names: readonly string[], folder: string): Promise<string | undefined> {
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) return name;
  }
  return undefined;
}

/** A config of plain data: JSON by its extension, else YAML. Throws FILE_NOT_FOUND, or the error of the parser. */
export async function readDataConfig(path: string): Promise<unknown> {
  const source = await openFile(path, 'config file');
  try {
    const text = (await readAll(source, MAX_CONFIG_BYTES)).toString('utf8');
    if (path.endsWith('.json')) return JSON.parse(text);
    const reading = await readYaml(text, { schema: 'core' });
    if (reading.kind === 'ok') return reading.value;
    throw new SyntaxError(`${reading.reason} at line ${reading.line}`);
  } finally {
    await source.close();
  }
}
