/** sentence-transformers: modules.json, a list of modules that a text goes through. */

import { z } from 'zod';
import { definedOnly } from '../../../core/documents/defined-only.ts';
import { type Artefact, newArtefact } from '../common/artefact.ts';
import type { ArtefactFiles } from '../common/files.ts';
import { asIs, weightsPieces } from '../common/pieces.ts';
import { listOf, parseAs, record, text } from '../common/values.ts';
import { findCheckpoint, findGraph, isWeights, listWeights } from './hugging-face/weights.ts';

const MODULES = 'modules.json';

const schema = listOf(z.object({ type: z.string(), path: text }));
const configSchema = z.object({ __version__: record });

export async function readSentenceTransformers(files: ArtefactFiles): Promise<Artefact | undefined> {
  if (!files.has(MODULES)) return undefined;
  const modules = parseAs(schema, await files.json(MODULES)) ?? [];
  if (!modules.some(({ type }) => type.startsWith('sentence_transformers.'))) return undefined;
  const versions = parseAs(configSchema, await files.json('config_sentence_transformers.json'))?.__version__ ?? {};
  const kinds = modules.map(({ type }) => type.replace(/^.*\./, ''));
  const graph = findGraph(files);
  const main = graph ?? findCheckpoint(files);
  const weights = main === undefined ? [] : await weightsPieces(files, main);
  const taken = new Set(weights.flatMap((piece) => ('member' in piece ? [piece.member] : [])));
  const steps = kinds.slice(1).join(', ');
  const what = `A TorchServe handler in Python that loads SentenceTransformer(model_dir) in initialize(context) and answers encode(texts).tolist() in handle(data, context).`;
  return {
    ...newArtefact('sentence-transformers model'),
    modelName: files.name,
    framework: 'sentence-transformers',
    flavours: kinds,
    versions: definedOnly(
      Object.fromEntries(
        Object.entries(versions).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
      ),
    ),
    weights: listWeights(files),
    notes:
      graph === undefined
        ? []
        : [
            `base_handler takes and answers the tensors of ${graph}: the tokenizer before and ${steps || 'nothing'} after it are the caller's, or a handler's.`,
          ],
    recipe: {
      handler: graph === undefined ? { kind: 'own', what } : { kind: 'builtin', name: 'base_handler' },
      weights,
      files:
        graph === undefined
          ? files.paths.filter((path) => !taken.has(path) && (!isWeights(path) || /^\d+_/.test(path))).map(asIs)
          : [],
    },
  };
}
