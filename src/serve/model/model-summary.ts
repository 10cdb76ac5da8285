import { readSignature, type Signature } from '../../handlers/signature.ts';
import type { Model } from './model.ts';

/** What the playground and the v2 metadata show of a model. */
export interface ModelSummary {
  readonly name: string;
  readonly version: string;
  readonly handler: string;
  readonly ready: boolean;
  /** Undefined for weights that are not ONNX. */
  readonly signature: Signature | undefined;
}

/** Read once: the weights of a registered model never change. */
const signatures = new WeakMap<Model, Promise<Signature | undefined>>();

export async function summarizeModel(model: Model): Promise<ModelSummary> {
  const { name, version, manifest, pool } = model;
  const signature = signatures.get(model) ?? readModelSignature(model);
  signatures.set(model, signature);
  return {
    name,
    version,
    handler: manifest.model?.handler ?? '',
    ready: pool.hasReady,
    signature: await signature,
  };
}

/** Unreadable weights are no error here: the worker reports them when it loads the model. */
function readModelSignature({ folder }: Model): Promise<Signature | undefined> {
  return readSignature(folder).catch(() => undefined);
}
