import { stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';
import type { Runtime } from '../core/manifest.ts';
import { collectExtraFiles } from '../core/pack/extra-files.ts';
import { toArchiveMode } from '../core/pack/folder-files.ts';
import { isModuleHandler, parseHandlerArgument } from '../core/pack/handler-argument.ts';
import type { PackInput } from '../core/pack/plan.ts';
import { collectCompanions } from './archive-companions.ts';
import type { ResolvedArchiveOptions } from './archive-options.ts';

/** Everything found on disk for the archive, in upstream's copying order, and the manifest's names of it. */
export interface CollectedParts {
  readonly inputs: readonly PackInput[];
  readonly runtime: Runtime;
  /** The manifest's `handler`. */
  readonly handler: string;
  readonly names: { serializedFile?: string; modelFile?: string; requirementsFile?: string; configFile?: string };
}

export async function collectParts(options: ResolvedArchiveOptions, context: Context): Promise<CollectedParts> {
  const runtime = options.runtime ?? (isModuleHandler(options.handler) ? 'nodejs' : 'python');
  const modelFile = await collectFile('model file', options.modelFile, context);
  const serialized = await collectFile('serialized file', options.serializedFile, context);
  const handler = await collectHandler(options, runtime, context);
  const extras = options.extraFiles
    ? await collectExtraFiles(options.extraFiles, context.cwd, (message) => context.log({ kind: 'warning', message }))
    : [];
  const requirements = await collectFile('requirements file', options.requirementsFile, context);
  const config = await collectFile('config file', options.configFile, context);
  const given = [modelFile, serialized, handler.input, ...extras, requirements, config].filter(
    (input) => input !== undefined,
  );
  const companions = serialized ? await collectCompanions(serialized, given, context) : [];
  return {
    inputs: [...given, ...companions],
    runtime,
    handler: handler.name,
    names: {
      ...(serialized && { serializedFile: serialized.destination }),
      ...(modelFile && { modelFile: modelFile.destination }),
      ...(requirements && { requirementsFile: requirements.destination }),
      ...(config && { configFile: config.destination }),
    },
  };
}

async function collectFile(role: string, path: string | undefined, context: Context): Promise<PackInput | undefined> {
  if (path === undefined) return undefined;
  const absolute = resolve(context.cwd, path);
  const found = await stat(absolute).catch(() => undefined);
  if (!found) throw new ToolError('FILE_NOT_FOUND', { what: role, path });
  if (!found.isFile())
    throw new ToolError('NOT_A_FILE', { what: role, path, found: found.isDirectory() ? 'folder' : 'special file' });
  return {
    role,
    destination: basename(path),
    origin: path,
    absolute,
    size: found.size,
    mode: toArchiveMode(found.mode),
  };
}

interface CollectedHandler {
  readonly name: string;
  readonly input: PackInput | undefined;
}

async function collectHandler(
  options: ResolvedArchiveOptions,
  runtime: Runtime,
  context: Context,
): Promise<CollectedHandler> {
  const argument = parseHandlerArgument(options.handler, runtime, platform());
  if (argument.kind === 'builtin') return { name: argument.name, input: undefined };
  const input = await firstExisting(options.handler, argument.candidates, context);
  if (argument.kind === 'module') return bundleModule(input, argument.entryPoint);
  // The form the user gave is kept ("h", "h.py", "h:fn"), without its folder.
  return { name: basename(options.handler), input };
}

async function firstExisting(text: string, candidates: readonly string[], context: Context): Promise<PackInput> {
  for (const candidate of candidates) {
    const input = await collectFile('handler', candidate, context).catch((error: unknown) => {
      if (error instanceof ToolError && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    });
    if (input) return input;
  }
  throw new ToolError('HANDLER_NOT_FOUND', { handler: text, looked: candidates.join(', ') });
}

/** A TypeScript or JavaScript handler becomes one self-contained module `<stem>.mjs` (design decision 14). */
async function bundleModule(input: PackInput, entryPoint: string | undefined): Promise<CollectedHandler> {
  const { bundleHandler } = await import('../handlers/bundle.ts');
  const { code } = await bundleHandler(input.absolute ?? input.origin);
  const bytes = Buffer.from(code);
  const destination = `${input.destination.replace(/\.[cm]?[jt]s$/, '')}.mjs`;
  return {
    name: entryPoint === undefined ? destination : `${destination}:${entryPoint}`,
    input: { role: 'handler', destination, origin: input.origin, size: bytes.length, mode: input.mode, bytes },
  };
}
