import { ToolError } from '../core/errors.ts';
import { MANIFEST_PATH } from '../core/paths.ts';
import type { ModelConfig } from './config/read-model-config.ts';
import type { Manifest } from './documents/manifest.ts';
import { describeUnusable } from './documents/read-manifest.ts';
import type { ModelFacts } from './facts.ts';

/** The manifest to run; throws FILE_NOT_FOUND or CONFIG_INVALID if it is missing or unreadable. */
export async function requireManifest(facts: ModelFacts): Promise<Manifest> {
  const reading = await facts.manifest();
  if (reading.kind === 'ok') return reading.manifest;
  const path = MANIFEST_PATH;
  if (reading.kind === 'missing') throw new ToolError('FILE_NOT_FOUND', { what: 'manifest', path });
  throw new ToolError('CONFIG_INVALID', { path, reason: describeUnusable(reading) });
}

/** The model configuration to run, undefined if the manifest names none; throws FILE_NOT_FOUND or CONFIG_INVALID. */
export async function requireConfig(facts: ModelFacts): Promise<ModelConfig | undefined> {
  const reading = await facts.config();
  if (reading === undefined || reading.kind === 'ok') return reading;
  const path = reading.member;
  if (reading.kind === 'missing') throw new ToolError('FILE_NOT_FOUND', { what: 'model configuration', path });
  throw new ToolError('CONFIG_INVALID', { path, reason: reading.reason });
}
