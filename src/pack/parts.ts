import type { Context } from '../core/context.ts';
import type { Runtime } from '../model/documents/manifest.ts';
import { collectFile } from './collect-file.ts';
import { type CollectedHandler, collectCounterpart, collectHandler } from './collect-handler.ts';
import { collectCompanions } from './companions.ts';
import type { FileMapping } from './mapped-files.ts';
import type { PackInput } from './plan.ts';

/** The inputs of an archive, as the user names them; paths are relative to the context's folder. */
export interface PartOptions {
  /** The first is the manifest's serializedFile. */
  readonly weights: readonly FileMapping[];
  readonly modelFile: string | undefined;
  /** As `--handler` names it, or collected already. */
  readonly handler: string | CollectedHandler;
  readonly runtime: Runtime;
  readonly requirements: string | undefined;
  readonly modelConfig: string | undefined;
  /** `both`: a built-in handler is replaced by its Python counterpart, which TorchServe runs. */
  readonly target: 'mar' | 'torchserve' | 'both';
  /** Names of the options of this command, for messages. */
  readonly roles: { readonly weights: string; readonly modelConfig: string };
  readonly collectFiles: () => Promise<readonly PackInput[]>;
}

/** All files found on disk for the archive, and their names in the manifest. */
export interface CollectedParts {
  /** In upstream's copying order, in which a later file takes the place of an earlier one. */
  readonly inputs: readonly PackInput[];
  /** The manifest's `handler`. */
  readonly handler: string;
  readonly names: { serializedFile?: string; modelFile?: string; requirementsFile?: string; configFile?: string };
}

export async function collectParts(options: PartOptions, context: Context): Promise<CollectedParts> {
  const { roles } = options;
  const modelFile = await collectFile('model file', options.modelFile, context);
  const weights: PackInput[] = [];
  for (const { from, to } of options.weights) {
    const input = await collectFile(roles.weights, from, context);
    if (input) weights.push(to === undefined ? input : { ...input, destination: to });
  }
  const handler = await findHandler(options, context);
  const files = await options.collectFiles();
  const requirements = await collectFile('requirements file', options.requirements, context);
  const config = await collectFile(roles.modelConfig, options.modelConfig, context);
  const given = [modelFile, ...weights, handler.input, ...files, requirements, config].filter(
    (input) => input !== undefined,
  );
  const companions: PackInput[] = [];
  for (const model of weights) companions.push(...(await collectCompanions(model, [...given, ...companions], context)));
  return {
    inputs: [...given, ...companions],
    handler: handler.name,
    names: {
      ...(weights[0] && { serializedFile: weights[0].destination }),
      ...(modelFile && { modelFile: modelFile.destination }),
      ...(requirements && { requirementsFile: requirements.destination }),
      ...(config && { configFile: config.destination }),
    },
  };
}

function findHandler(
  { handler, target, runtime }: PartOptions,
  context: Context,
): Promise<CollectedHandler> | CollectedHandler {
  if (typeof handler !== 'string') return handler;
  return target === 'both' ? collectCounterpart(handler) : collectHandler(handler, runtime, context);
}
