/** What a runner loads before the handler: the extracted archive, its ONNX model, and whether requests may share a run. */
import { join } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import type { Manifest } from '../../model/documents/manifest.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { openModelFolder } from '../../model/model-folder.ts';
import { requireConfig, requireManifest } from '../../model/require-facts.ts';
import { isOnnxName } from '../../weights/onnx-name.ts';
import { type Device, devices } from '../protocol/devices.ts';
import type { Batching, LoadRequest } from '../protocol/messages.ts';
import { type LoadedModel, loadOnnxModel } from './onnx/onnx-runtime.ts';
import { probeRowIndependence } from './onnx/row-independence.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The extracted archive, as far as running it needs. */
export interface ModelFolder {
  readonly path: string;
  readonly manifest: Manifest;
  /** model-config.yaml, whole; empty when the manifest names none. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly members: ReadonlySet<string>;
  /** Inputs whose number of dimensions the model does not say; onnxruntime reports them like scalars. */
  unrankedInputs(): Promise<ReadonlySet<string>>;
}

export async function readFolder(path: string): Promise<ModelFolder> {
  const facts = await openModelFolder(path);
  const manifest = await requireManifest(facts);
  const config = (await requireConfig(facts))?.values ?? {};
  return {
    path,
    manifest,
    config,
    members: new Set((await facts.members()).keys()),
    unrankedInputs: () => readUnrankedInputs(facts),
  };
}

async function readUnrankedInputs(facts: ModelFacts): Promise<ReadonlySet<string>> {
  const file = await facts.serializedFile();
  const weights = file === undefined ? undefined : (await facts.weights(file)).facts;
  const inputs = weights?.format === 'onnx' ? weights.inputs : [];
  return new Set(inputs.flatMap(({ name, unranked }) => (unranked === true ? [name] : [])));
}

export async function loadModel(
  { path, manifest, unrankedInputs }: ModelFolder,
  load: LoadRequest,
  env: Environment,
): Promise<LoadedModel | undefined> {
  const file = manifest.model?.serializedFile;
  if (!isOnnxName(file)) return undefined;
  const threads = Number(env.TSMA_THREADS);
  return loadOnnxModel(join(path, file), {
    device: toDevice(env.TSMA_DEVICE),
    gpuId: load.gpuId,
    unrankedInputs,
    threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
  });
}

function toDevice(text: string | undefined): Device {
  const found = devices.find((device) => device === (text || 'auto'));
  if (found === undefined)
    throw new ToolError('INVALID_OPTION', { option: 'device', found: String(text), expected: devices.join(', ') });
  return found;
}

/** Asked for with batches, and with an envelope, which can hold several rows in one request. */
export async function probeBatching(load: LoadRequest, model: LoadedModel | undefined): Promise<Batching | undefined> {
  if (model === undefined || (load.batchSize < 2 && load.envelope === '')) return undefined;
  const { inputs, outputs, runQuietly } = model;
  return probeRowIndependence({ inputs, outputs, run: runQuietly });
}
