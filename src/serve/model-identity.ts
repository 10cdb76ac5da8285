import type { ByteSource } from '../core/byte-source.ts';
import { ToolError } from '../core/errors.ts';
import type { FileTree } from '../core/file-tree.ts';
import { defaultLimits } from '../core/limits.ts';
import { type Manifest, manifestSchema, runtimes } from '../core/manifest.ts';
import { MANIFEST_PATH } from '../core/paths.ts';

/** What the asker may override (contract 2.3). */
export interface IdentityOverrides {
  readonly modelName?: string | undefined;
  readonly handler?: string | undefined;
  readonly runtime?: string | undefined;
}

export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  readonly manifest: Manifest;
}

/** Name, version, runtime and handler as the server will use them; throws MODEL_INVALID in upstream's words. */
export async function readIdentity(
  tree: FileTree,
  overrides: IdentityOverrides,
  defaultHandler = '',
): Promise<ModelIdentity> {
  const read = await readManifest(tree);
  const { model } = read;
  const name = overrides.modelName || model?.modelName;
  if (name === undefined || name === '') throw invalid('Model name is not defined.');
  const runtime = overrides.runtime ?? read.runtime ?? 'python';
  if (!(runtimes as readonly string[]).includes(runtime)) throw invalid('Runtime is not defined or invalid.');
  const handler = overrides.handler ?? model?.handler ?? defaultHandler;
  const version = model?.modelVersion ?? model?.version ?? '1.0';
  return { name, version, runtime, handler, manifest: { ...read, runtime, model: { ...model, handler } } };
}

async function readManifest(tree: FileTree): Promise<Manifest> {
  if (!(await tree.has(MANIFEST_PATH))) return {};
  const source = await tree.open(MANIFEST_PATH);
  try {
    return manifestSchema.parse(JSON.parse(await readText(source)));
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw new ToolError('MODEL_INVALID', { message: 'Failed to parse signature.json.' }, { cause });
  } finally {
    await source.close();
  }
}

async function readText(source: ByteSource): Promise<string> {
  const limit = defaultLimits.manifestBytes;
  if (source.size > limit)
    throw new ToolError('LIMIT_EXCEEDED', { what: source.label, found: source.size, limit, unit: 'bytes' });
  return new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
}

function invalid(message: string): ToolError {
  return new ToolError('MODEL_INVALID', { message });
}
