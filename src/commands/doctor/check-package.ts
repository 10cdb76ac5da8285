import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Context } from '../../core/context.ts';
import { packageRoot } from '../../core/package-info.ts';
import type { Check } from './result.ts';

const run = promisify(execFile);

/** Loading a native library takes less than a second; a machine that is busy may need longer. */
const PROBE_TIMEOUT_MS = 30_000;

/** Prints the execution providers where the package has any. */
const probe = (url: string) => `
import { writeSync } from 'node:fs';
const module = await import(${JSON.stringify(url)});
const list = (module.default ?? module).listSupportedBackends;
writeSync(1, JSON.stringify(list ? list().map(({ name }) => name) : []));
`;

export interface OptionalPackage {
  readonly package: string;
  readonly purpose: string;
  readonly install: string;
}

/** Loads the package in a process of its own: a native library that does not fit this machine ends only that. */
export async function checkPackage(
  { package: name, purpose, install: remedy }: OptionalPackage,
  { env }: Context,
): Promise<Check> {
  const entry = findEntry(name);
  if (entry === undefined) return { id: name, status: 'absent', found: 'not installed', purpose, remedy };
  const version = await readVersion(entry, name);
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', probe(pathToFileURL(entry).href)], {
      timeout: PROBE_TIMEOUT_MS,
      env: { ...env, ORT_DISABLE_TELEMETRY: '1' },
    });
    const providers: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]');
    const list = Array.isArray(providers) && providers.length > 0 ? ` (${providers.join(', ')})` : '';
    return { id: name, status: 'good', found: `${version}${list}`, purpose };
  } catch (error) {
    return { id: name, status: 'bad', found: `${version} does not load: ${reasonOf(error)}`, purpose, remedy };
  }
}

function findEntry(name: string): string | undefined {
  try {
    return createRequire(join(packageRoot, 'package.json')).resolve(name);
  } catch {
    return undefined;
  }
}

/** From the package.json above the entry. */
async function readVersion(entry: string, name: string): Promise<string> {
  const end = entry.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length;
  try {
    const { version }: { version?: unknown } = JSON.parse(
      await readFile(join(entry.slice(0, end), 'package.json'), 'utf8'),
    );
    return typeof version === 'string' ? version : 'unknown version';
  } catch {
    return 'unknown version';
  }
}

/** The line of the error, of a process that printed a stack. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const lines = error.message.split('\n').map((line) => line.trim());
  return lines.find((line) => /^(?:\w*Error)\b/.test(line)) ?? lines.at(-1) ?? error.message;
}
