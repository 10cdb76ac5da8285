/** The extracted archive as a worker sees it: manifest, configuration, file names. */

import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { describeError, ToolError } from '../../core/errors.ts';
import { defaultLimits } from '../../core/limits.ts';
import { MANIFEST_PATH } from '../../core/paths.ts';
import { readNamedFile } from '../../core/read-file.ts';
import type { Manifest } from '../../model/documents/manifest.ts';
import { describeUnusable, parseManifest } from '../../model/documents/read-manifest.ts';

export interface ModelFolder {
  readonly path: string;
  readonly manifest: Manifest;
  /** model-config.yaml, whole; empty when the manifest names none. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files below the folder, "/"-separated. */
  readonly members: ReadonlySet<string>;
}

export async function readModelFolder(path: string): Promise<ModelFolder> {
  const manifest = await readManifest(path);
  return {
    path,
    manifest,
    config: await readConfig(path, manifest.model?.configFile),
    members: await listMembers(path),
  };
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_PATH);
  const reading = parseManifest(await readNamedFile(path, 'manifest'), defaultLimits);
  if (reading.kind === 'ok') return reading.manifest;
  throw new ToolError('CONFIG_INVALID', { path, reason: describeUnusable(reading) });
}

async function readConfig(folder: string, name: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (name === undefined || name === '') return {};
  const path = join(folder, name);
  const text = (await readNamedFile(path, 'model configuration')).toString('utf8');
  const { parse } = await import('yaml');
  const config = parseYaml(path, text, parse);
  if (config === null || config === undefined) return {};
  if (typeof config !== 'object' || Array.isArray(config)) {
    throw new ToolError('CONFIG_INVALID', {
      path,
      reason: `expected a mapping at the top, got ${JSON.stringify(config)}`,
    });
  }
  // YAML mappings arrive as plain objects with string keys.
  return config as Record<string, unknown>;
}

function parseYaml(
  path: string,
  text: string,
  parse: (text: string, options: { maxAliasCount: number }) => unknown,
): unknown {
  try {
    // 100 aliases are more than any configuration has; without a bound nested ones grow exponentially.
    return parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    throw new ToolError('CONFIG_INVALID', { path, reason: describeError(cause) }, { cause });
  }
}

async function listMembers(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return new Set(files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')));
}
