import type { Artefact, ArtefactFacts } from './common/artefact.ts';
import type { ArtefactFiles } from './common/files.ts';
import { readBentoml } from './readers/bentoml.ts';
import { readCog } from './readers/cog.ts';
import { readHuggingFace } from './readers/hugging-face.ts';
import { readKitops } from './readers/kitops.ts';
import { readMlflow } from './readers/mlflow.ts';
import { readMlserver } from './readers/mlserver.ts';
import { readModelStore } from './readers/model-store.ts';
import { readSagemaker } from './readers/sagemaker.ts';
import { readSentenceTransformers } from './readers/sentence-transformers.ts';
import { readTensorflow } from './readers/tensorflow.ts';
import { readTriton } from './readers/triton.ts';

/** Knows the artefact of one tool by its own marks; undefined for every other folder. */
export type ArtefactReader = (files: ArtefactFiles) => Promise<Artefact | undefined>;

/** In the order they are asked: what wraps the artefact of another tool comes before that one. Add one: its file, and a line here. */
export const artefactReaders: readonly (readonly [ArtefactFacts['tool'], ArtefactReader])[] = [
  ['kitops', readKitops],
  ['cog', readCog],
  ['bentoml', readBentoml],
  ['mlserver', readMlserver],
  ['mlflow', readMlflow],
  ['triton', readTriton],
  ['sagemaker', readSagemaker],
  ['torchserve', readModelStore],
  ['sentence-transformers', readSentenceTransformers],
  ['hugging-face', readHuggingFace],
  ['tensorflow', readTensorflow],
];
