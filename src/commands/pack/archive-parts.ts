import type { Context } from '../../core/context.ts';
import type { Runtime } from '../../model/documents/manifest.ts';
import { collectExtraFiles } from '../../pack/extra-files.ts';
import { isModuleHandler } from '../../pack/handler-argument.ts';
import type { PackInput } from '../../pack/plan.ts';
import { collectCompanions } from './archive-companions.ts';
import type { ResolvedArchiveOptions } from './archive-options.ts';
import { collectFile, collectHandler } from './part-files.ts';

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
  const handler = await collectHandler(options.handler, runtime, context);
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
