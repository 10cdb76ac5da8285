import { openModelFolder } from '../../../model/model-folder.ts';
import type { HandlerContext } from '../../sdk.ts';
import type { Metadata } from './export-notes.ts';

/** What the model's file says about itself, by key; empty where it says nothing. */
export async function readModelMetadata({ modelDir }: HandlerContext): Promise<Metadata> {
  const facts = await openModelFolder(modelDir);
  const file = await facts.serializedFile();
  const weights = file === undefined ? undefined : (await facts.weights(file)).facts;
  return weights?.format === 'onnx' ? weights.metadata : {};
}
