import { ToolError } from '../../core/errors.ts';
import { isRuntime, type Manifest } from '../../model/documents/manifest.ts';
import { describeUnusable } from '../../model/documents/read-manifest.ts';
import type { ModelFacts } from '../../model/facts.ts';

/** What a register request may override (contract 2.3). */
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

/** Name, version, runtime and handler as the server uses them; throws MODEL_INVALID in TorchServe's words. */
export async function readIdentity(
  facts: ModelFacts,
  overrides: IdentityOverrides,
  defaultHandler = '',
): Promise<ModelIdentity> {
  const read = await readOrEmpty(facts);
  const { model } = read;
  const name = overrides.modelName || model?.modelName;
  if (name === undefined || name === '') throw invalid('Model name is not defined.');
  const runtime = overrides.runtime ?? read.runtime ?? 'python';
  if (!isRuntime(runtime)) throw invalid('Runtime is not defined or invalid.');
  const handler = overrides.handler ?? model?.handler ?? defaultHandler;
  const version = model?.modelVersion ?? model?.version ?? '1.0';
  return { name, version, runtime, handler, manifest: { ...read, runtime, model: { ...model, handler } } };
}

async function readOrEmpty(facts: ModelFacts): Promise<Manifest> {
  const reading = await facts.manifest();
  if (reading.kind === 'ok') return reading.manifest;
  if (reading.kind === 'missing') return {};
  const cause = new Error(describeUnusable(reading));
  throw new ToolError('MODEL_INVALID', { message: 'Failed to parse signature.json.' }, { cause });
}

function invalid(message: string): ToolError {
  return new ToolError('MODEL_INVALID', { message });
}
