/** MLflow: a folder with an MLmodel, which names flavours and where each has its data. */

import { z } from 'zod';
import { definedOnly } from '../../../core/documents/defined-only.ts';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { WEIGHTS_NAME } from '../../../weights/weights-name.ts';
import { type Artefact, newArtefact, type Recipe } from '../common/artefact.ts';
import { type ArtefactFiles, filesAt, resolvePath } from '../common/files.ts';
import { asIs, weightsPieces } from '../common/pieces.ts';
import { parseAs, record, text } from '../common/values.ts';

const MLMODEL = 'MLmodel';

const schema = z.object({
  flavors: record,
  artifact_path: text,
  mlflow_version: text,
  registered_model_meta: z.object({ model_name: text, model_version: text }).optional().catch(undefined),
});
const flavourSchema = z.looseObject({ loader_module: text, python_version: text, data: text, model_path: text });

export async function readMlflow(files: ArtefactFiles): Promise<Artefact | undefined> {
  if (!files.has(MLMODEL)) return undefined;
  const model = parseAs(schema, await files.yaml(MLMODEL));
  const flavours = new Map(
    Object.entries(model?.flavors ?? {}).map(([name, value]) => [name, parseAs(flavourSchema, value) ?? {}]),
  );
  const pyfunc = flavours.get('python_function');
  const named = [...flavours.values()]
    .flatMap((flavour) => [flavour.data, flavour.model_path])
    .filter((path) => path !== undefined);
  const outside = [...new Set(named)].filter((path) => filesAt(files, path).length === 0);
  const framework = [...flavours.keys()].find((name) => name !== 'python_function') ?? pyfunc?.loader_module;
  const weights = [...new Set(named.flatMap((path) => filesAt(files, path)))].filter((path) => WEIGHTS_NAME.test(path));
  const { model_name: registered, model_version: version } = model?.registered_model_meta ?? {};
  return {
    ...newArtefact('MLflow model'),
    modelName: registered ?? (files.name === 'model' ? model?.artifact_path : undefined) ?? files.name,
    ...(version !== undefined && { modelVersion: version }),
    ...(framework !== undefined && { framework }),
    flavours: [...flavours.keys()],
    versions: {
      ...definedOnly({ mlflow: model?.mlflow_version, python: pyfunc?.python_version }),
      ...versionsOf(flavours),
    },
    ...(pyfunc?.loader_module !== undefined && { entryPoint: pyfunc.loader_module }),
    weights,
    requirements: await files.requirements('requirements.txt'),
    notes: outside.map((path) => `MLmodel names ${JSON.stringify(path)}, which is not a file of the model.`),
    recipe: await makeRecipe(files, flavours, weights),
  };
}

type Flavours = ReadonlyMap<string, z.output<typeof flavourSchema>>;

/** `sklearn_version: 1.4.2` of any flavour. */
function versionsOf(flavours: Flavours): Record<string, string> {
  const found = [...flavours.values()].flatMap((flavour) =>
    Object.entries(flavour).flatMap(([key, value]): [string, string][] => {
      const name = /^(\w+)_version$/.exec(key)?.[1];
      return name !== undefined && typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return Object.fromEntries(found);
}

async function makeRecipe(files: ArtefactFiles, flavours: Flavours, weights: readonly string[]): Promise<Recipe> {
  const onnx = flavours.get('onnx')?.data;
  const graph = onnx === undefined ? undefined : resolvePath(files, '', onnx);
  if (graph !== undefined && isOnnxName(graph))
    return {
      handler: { kind: 'builtin', name: 'base_handler' },
      weights: await weightsPieces(files, graph),
      files: [],
    };
  const [first] = weights;
  const requirements = files.has('requirements.txt') ? asIs('requirements.txt') : undefined;
  return {
    handler: flavours.has('python_function') ? { kind: 'adapter', name: 'mlflow' } : { kind: 'own', what: NO_PYFUNC },
    weights: first === undefined ? [] : [asIs(first)],
    ...(requirements && { requirements }),
    files: files.paths.filter((path) => path !== first && path !== requirements?.to).map(asIs),
  };
}

const NO_PYFUNC =
  'The model has no python_function flavour, so MLflow cannot load it as a function. Write a TorchServe handler in Python that loads it by its own flavour.';
