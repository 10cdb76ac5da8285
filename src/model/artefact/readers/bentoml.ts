/** BentoML: a Bento (bento.yaml, its service in src/, its models in models/), or a model of the model store (model.yaml). */

import { posix } from 'node:path';
import { z } from 'zod';
import { definedOnly } from '../../../core/documents/defined-only.ts';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { WEIGHTS_NAME } from '../../../weights/weights-name.ts';
import { type Artefact, newArtefact, type RecipeHandler } from '../common/artefact.ts';
import type { ArtefactFiles } from '../common/files.ts';
import { asIs, weightsPieces } from '../common/pieces.ts';
import { listOf, parseAs, record, text } from '../common/values.ts';

const BENTO = 'bento.yaml';
const MODEL = 'model.yaml';

const bentoSchema = z.object({
  service: text,
  name: text,
  version: text,
  bentoml_version: text,
  models: listOf(z.object({ tag: text, module: text })),
});
const modelSchema = z.object({
  name: text,
  version: text,
  module: text,
  context: z
    .object({ framework_name: text, framework_versions: record, bentoml_version: text, python_version: text })
    .optional()
    .catch(undefined),
});

export async function readBentoml(files: ArtefactFiles): Promise<Artefact | undefined> {
  if (files.has(BENTO)) return readBento(files);
  if (!files.has(MODEL)) return undefined;
  const model = parseAs(modelSchema, await files.yaml(MODEL));
  // Other programs have a model.yaml too.
  if (model?.context?.bentoml_version === undefined && model?.module?.startsWith('bentoml') !== true) return undefined;
  const weights = listWeights(files);
  const {
    framework_versions: frameworks = {},
    bentoml_version: bentoml,
    python_version: python,
    framework_name: framework,
  } = model.context ?? {};
  const others = Object.entries(frameworks).flatMap(([name, version]): [string, string][] =>
    typeof version === 'string' ? [[name, version]] : [],
  );
  return {
    ...newArtefact('model of BentoML'),
    modelName: model.name ?? files.name,
    ...(model.version !== undefined && { modelVersion: model.version }),
    ...(framework !== undefined && { framework }),
    flavours: model.module === undefined ? [] : [model.module],
    versions: { ...definedOnly({ bentoml, python }), ...Object.fromEntries(others) },
    weights,
    recipe: await recipeOf(
      files,
      weights,
      `A TorchServe handler in Python that loads the model as ${model.module ?? 'its framework'} does.`,
    ),
  };
}

async function readBento(files: ArtefactFiles): Promise<Artefact> {
  const bento = parseAs(bentoSchema, await files.yaml(BENTO));
  const requirements = ['env/python/requirements.lock.txt', 'env/python/requirements.txt'].find((path) =>
    files.has(path),
  );
  const weights = listWeights(files);
  const service = bento?.service ?? 'the service';
  return {
    ...newArtefact('Bento of BentoML'),
    modelName: bento?.name ?? files.name,
    ...(bento?.version !== undefined && { modelVersion: bento.version }),
    flavours: [...new Set(bento?.models.flatMap(({ module }) => module ?? []))],
    versions: definedOnly({ bentoml: bento?.bentoml_version }),
    ...(bento?.service !== undefined && { entryPoint: bento.service }),
    weights,
    requirements: await files.requirements(requirements),
    recipe: {
      ...(await recipeOf(
        files,
        weights,
        `A TorchServe handler in Python that does what the APIs of ${service} do: its __init__ becomes initialize(context), an API handle(data, context).`,
        false,
      )),
      ...(requirements !== undefined && { requirements: { to: 'requirements.txt', member: requirements } }),
    },
  };
}

function listWeights(files: ArtefactFiles): string[] {
  return files.paths.filter((path) => WEIGHTS_NAME.test(path));
}

/** One ONNX model of the store runs by itself; a service is code that answers as it likes. */
async function recipeOf(files: ArtefactFiles, weights: readonly string[], what: string, mayRun = true) {
  const [first] = weights;
  const pieces = first === undefined ? [] : await weightsPieces(files, first, mayRun ? undefined : first);
  const isGraph = mayRun && weights.length === 1 && isOnnxName(first);
  const handler: RecipeHandler = isGraph ? { kind: 'builtin', name: 'base_handler' } : { kind: 'own', what };
  const taken = new Set(pieces.flatMap((piece) => ('member' in piece ? [piece.member] : [])));
  const rest = files.paths.filter(
    (path) => !taken.has(path) && !/^(env|apis)\//.test(path) && posix.basename(path) !== MODEL && path !== BENTO,
  );
  return { handler, weights: pieces, files: isGraph ? [] : rest.map(asIs) };
}
