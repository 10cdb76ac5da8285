/** SageMaker: the model.tar.gz that becomes /opt/ml/model, its code in `code/`. */
import { WEIGHTS_NAME } from '../../../weights/weights-name.ts';
import { type Artefact, newArtefact, type RecipeHandler } from '../common/artefact.ts';
import type { ArtefactFiles } from '../common/files.ts';
import { asIs } from '../common/pieces.ts';

/** What the inference toolkit calls; a script defines those it wants to be otherwise. */
const HOOKS = ['model_fn', 'input_fn', 'predict_fn', 'output_fn', 'transform_fn'] as const;

/** What the XGBoost container calls the booster. */
const XGBOOST_MODEL = 'xgboost-model';

/** Packages by which a framework is known, the more telling first. */
const FRAMEWORKS = ['transformers', 'tensorflow', 'mxnet', 'xgboost', 'sklearn', 'torch'] as const;

export async function readSagemaker(files: ArtefactFiles): Promise<Artefact | undefined> {
  const script = await findScript(files);
  if (script === undefined) return files.has(XGBOOST_MODEL) ? xgboostModel(files) : undefined;
  const python = await files.python(script);
  const hooks = HOOKS.filter((hook) => python?.names.has(hook) === true);
  const imported = new Set(python?.imports.map(({ module }) => module.split('.')[0]));
  const framework = FRAMEWORKS.find((name) => imported.has(name));
  const requirements = ['code/requirements.txt', 'requirements.txt'].find((path) => files.has(path));
  const weights = files.paths.filter((path) => WEIGHTS_NAME.test(path) || path === XGBOOST_MODEL);
  const first = weights.find((path) => !path.startsWith('code/'));
  return {
    ...newArtefact('SageMaker model'),
    modelName: files.name,
    ...(framework && { framework }),
    flavours: hooks,
    entryPoint: script,
    weights,
    requirements: await files.requirements(requirements),
    recipe: {
      handler: chooseHandler(files, script, hooks),
      weights: first === undefined ? [] : [asIs(first)],
      ...(requirements !== undefined && { requirements: asIs(requirements) }),
      files: files.paths.filter((path) => path !== first && path !== requirements).map(asIs),
    },
  };
}

/** `code/inference.py`, or the one script of `code/` that loads a model. */
async function findScript(files: ArtefactFiles): Promise<string | undefined> {
  if (files.has('code/inference.py')) return 'code/inference.py';
  const scripts = files.paths.filter((path) => /^code\/[^/]+\.py$/.test(path)).slice(0, MOST_SCRIPTS);
  const loading: string[] = [];
  for (const path of scripts) {
    const python = await files.python(path);
    if (python?.names.has('model_fn') === true) loading.push(path);
  }
  return loading.length === 1 ? loading[0] : undefined;
}

/** Scripts that are parsed to find the one that loads the model. */
const MOST_SCRIPTS = 20;

/** The toolkit's defaults that need no framework of its own are in our handler too; its containers' own loaders are not. */
function chooseHandler(files: ArtefactFiles, script: string, hooks: readonly string[]): RecipeHandler {
  if (hooks.includes('model_fn') || files.has('model.pt')) return { kind: 'adapter', name: 'sagemaker' };
  const what = `${script} defines no model_fn, so SageMaker's container loads the model in its own way. Add a function model_fn(model_dir) to it that returns the model, or give a TorchServe handler of your own with --handler.`;
  return { kind: 'own', what };
}

function xgboostModel(files: ArtefactFiles): Artefact {
  const what =
    'A TorchServe handler in Python that loads the file xgboost-model with xgboost.Booster(model_file=…), makes a DMatrix of the request and answers predict().';
  return {
    ...newArtefact('SageMaker model of the built-in XGBoost'),
    modelName: files.name,
    framework: 'xgboost',
    weights: [XGBOOST_MODEL],
    recipe: { handler: { kind: 'own', what }, weights: [asIs(XGBOOST_MODEL)], files: [] },
  };
}
