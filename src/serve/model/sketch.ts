import { join } from 'node:path';
import { readSignature, type Signature } from '../../handlers/signature.ts';
import type { Model } from './model.ts';

/** What a person needs to know to try a model: who answers, and what the model takes and gives. */
export interface ModelSketch {
  readonly name: string;
  readonly version: string;
  readonly handler: string;
  readonly ready: boolean;
  /** Undefined for weights that are not ONNX. */
  readonly signature: Signature | undefined;
}

/** A model's file never changes while it is registered, so that it is read once. */
const signatures = new WeakMap<Model, Promise<Signature | undefined>>();

export async function sketchModel(model: Model): Promise<ModelSketch> {
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

/** The page does without a signature that cannot be read; the worker has said why by then. */
async function readModelSignature({ folder, manifest }: Model): Promise<Signature | undefined> {
  const file = manifest.model?.serializedFile;
  return file === undefined ? undefined : readSignature(join(folder, file)).catch(() => undefined);
}
