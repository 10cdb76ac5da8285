/** Hugging Face: a model folder of transformers or timm, an export of Optimum among its files or by itself. */

import { z } from 'zod';
import { definedOnly } from '../../../core/documents/defined-only.ts';
import { type Artefact, newArtefact, type Piece, type Recipe } from '../common/artefact.ts';
import { type ArtefactFiles, readOnnxFacts } from '../common/files.ts';
import { asIs, json, labelsPiece, weightsPieces } from '../common/pieces.ts';
import { parseAs, record, text, texts } from '../common/values.ts';
import { type ImageSettings, readImageSettings, readTimmSettings } from './hugging-face/image-settings.ts';
import { hasSimplePipeline, type Task, taskOf } from './hugging-face/tasks.ts';
import { findCheckpoint, findGraph, isWeights, listWeights } from './hugging-face/weights.ts';

const CONFIG = 'config.json';
const IMAGE_CONFIG = 'preprocessor_config.json';

const schema = z.object({
  model_type: text,
  architectures: texts,
  transformers_version: text,
  _name_or_path: text,
  problem_type: text,
  id2label: record,
  /** timm's own name of its model. */
  architecture: text,
  pretrained_cfg: z.unknown().optional(),
  label_names: texts,
});
type Config = z.output<typeof schema>;

export async function readHuggingFace(files: ArtefactFiles): Promise<Artefact | undefined> {
  if (files.has('adapter_config.json')) return readPeft(files);
  if (!files.has(CONFIG)) return undefined;
  const config = parseAs(schema, await files.json(CONFIG));
  const isTimm = config?.architecture !== undefined && config.pretrained_cfg !== undefined;
  // Many programs have a config.json: this one names a class of transformers, or timm's.
  if (config === undefined || (!isTimm && config.model_type === undefined && config.architectures.length === 0))
    return undefined;
  const weights = listWeights(files);
  if (
    weights.length === 0 &&
    !files.has('tokenizer.json') &&
    !files.has('tokenizer_config.json') &&
    !files.has(IMAGE_CONFIG)
  )
    return undefined;
  const task = isTimm ? 'image-classification' : taskOf(config.architectures);
  const planned = await plan(files, config, task, isTimm);
  return {
    ...newArtefact(isTimm ? 'timm model of Hugging Face' : 'Hugging Face model'),
    modelName: nameOf(files, config),
    framework: isTimm ? 'timm' : 'transformers',
    flavours: [...(isTimm ? [config.architecture ?? ''] : config.architectures), ...(task === undefined ? [] : [task])],
    versions: definedOnly({ transformers: config.transformers_version }),
    weights,
    ...planned,
  };
}

/** A folder of the cache is called by a commit; the model's own name then says more. */
function nameOf(files: ArtefactFiles, { _name_or_path: origin }: Config): string {
  if (!/^[0-9a-f]{40}$/.test(files.name) || origin === undefined) return files.name;
  return origin.replace(/\/+$/, '').replace(/^.*\//, '') || files.name;
}

async function plan(
  files: ArtefactFiles,
  config: Config,
  task: Task | undefined,
  isTimm: boolean,
): Promise<{ recipe: Recipe; notes: string[] }> {
  const graph = findGraph(files);
  if (graph !== undefined) return planGraph(files, graph, config, task);
  const checkpoint = findCheckpoint(files);
  if (checkpoint === undefined || isTimm || !hasSimplePipeline(task)) return planOwn(files, checkpoint, task, isTimm);
  const weights = await weightsPieces(files, checkpoint);
  const taken = new Set(weights.map(({ to }) => to));
  const others = files.paths.filter((path) => !taken.has(path));
  const leftOut = others.filter(isWeights);
  const version = config.transformers_version;
  const packages = `transformers${version !== undefined && /^\d+(\.\d+)*$/.test(version) ? `>=${version}` : ''}\ntorch\n`;
  return {
    recipe: {
      handler: { kind: 'adapter', name: 'transformers' },
      weights,
      requirements: { to: 'requirements.txt', text: packages, from: CONFIG },
      modelConfig: settings({ handler: { task } }, CONFIG),
      files: others.filter((path) => !isWeights(path) && path !== 'requirements.txt').map(asIs),
    },
    notes: leftOut.length === 0 ? [] : [`Left out, as the same weights in other forms: ${leftOut.join(', ')}.`],
  };
}

/** ONNX runs here without Python: as a classifier of texts or pictures where the files say how, else with tensors. */
async function planGraph(
  files: ArtefactFiles,
  graph: string,
  config: Config,
  task: Task | undefined,
): Promise<{ recipe: Recipe; notes: string[] }> {
  const weights = await weightsPieces(files, graph);
  const labels = labelsOf(config);
  if (task === 'text-classification' && files.has('tokenizer.json') && (await takesTokens(files, graph))) {
    const tokenizer = ['tokenizer.json', 'tokenizer_config.json'].filter((path) => files.has(path)).map(asIs);
    const isMulti = config.problem_type === 'multi_label_classification';
    const modelConfig = settings({ postprocess: { output: 'independent' } }, CONFIG);
    const handler = { kind: 'builtin', name: 'text_classifier' } as const;
    return {
      recipe: { handler, weights, files: [...tokenizer, ...labels], ...(isMulti && { modelConfig }) },
      notes: [],
    };
  }
  const images = task === 'image-classification' ? await readImages(files, config) : undefined;
  if (images !== undefined) {
    const { preprocess, notes, from } = images;
    const handler = { kind: 'builtin', name: 'image_classifier' } as const;
    return {
      recipe: { handler, weights, modelConfig: settings({ preprocess }, from), files: labels },
      notes: [...notes],
    };
  }
  const note = `base_handler takes and answers the tensors of ${graph}: what comes before and after (${task ?? 'its task'}) is the caller's, or a handler's.`;
  return { recipe: { handler: { kind: 'builtin', name: 'base_handler' }, weights, files: labels }, notes: [note] };
}

const TOKEN_INPUTS: ReadonlySet<string> = new Set(['input_ids', 'attention_mask', 'token_type_ids', 'position_ids']);

async function takesTokens(files: ArtefactFiles, graph: string): Promise<boolean> {
  const facts = await readOnnxFacts(files, graph);
  return facts !== undefined && facts.inputs.length > 0 && facts.inputs.every(({ name }) => TOKEN_INPUTS.has(name));
}

async function readImages(
  files: ArtefactFiles,
  config: Config,
): Promise<(ImageSettings & { from: string }) | undefined> {
  const own = readImageSettings(await files.json(IMAGE_CONFIG));
  if (own !== undefined) return { ...own, from: IMAGE_CONFIG };
  const timm = readTimmSettings(config.pretrained_cfg);
  return timm && { ...timm, from: CONFIG };
}

function settings(values: Record<string, unknown>, from: string): Piece {
  // JSON is YAML too.
  return { to: 'model-config.yaml', text: json(values), from };
}

/** id2label, by the number of the class; timm has a list. */
function labelsOf({ id2label, label_names }: Config): Piece[] {
  if (label_names.length > 0) return [labelsPiece(label_names, CONFIG)];
  const names = Object.entries(id2label).flatMap(([key, name]): [number, string][] =>
    /^\d{1,6}$/.test(key) && typeof name === 'string' ? [[Number(key), name]] : [],
  );
  if (names.length === 0 || names.length < Object.keys(id2label).length) return [];
  return [{ to: 'index_to_name.json', from: CONFIG, text: json(Object.fromEntries(names)) }];
}

async function planOwn(
  files: ArtefactFiles,
  checkpoint: string | undefined,
  task: Task | undefined,
  isTimm: boolean,
): Promise<{ recipe: Recipe; notes: string[] }> {
  const loads = isTimm ? 'timm.create_model and load_state_dict' : 'from_pretrained(model_dir)';
  const what = `A TorchServe handler in Python that loads the model with ${loads} and answers ${task ?? 'what the model is for'}; or export the model to ONNX (optimum-cli export onnx), which needs no Python.`;
  const weights = checkpoint === undefined ? [] : await weightsPieces(files, checkpoint);
  const taken = new Set(weights.map(({ to }) => to));
  const rest = files.paths.filter((path) => !taken.has(path));
  const kept = checkpoint === undefined ? rest : rest.filter((path) => !isWeights(path));
  return { recipe: { handler: { kind: 'own', what }, weights, files: kept.map(asIs) }, notes: [] };
}

const peftSchema = z.object({ base_model_name_or_path: text, peft_type: text, task_type: text });

/** An adapter of PEFT holds a small part of the weights; the rest lies elsewhere. */
async function readPeft(files: ArtefactFiles): Promise<Artefact | undefined> {
  const config = parseAs(peftSchema, await files.json('adapter_config.json'));
  if (config?.peft_type === undefined) return undefined;
  const checkpoint = findCheckpoint(files);
  const base = config.base_model_name_or_path ?? 'its base model';
  const what = `It is an adapter: it holds no model of its own. Merge it with ${base} (PeftModel.merge_and_unload, save_pretrained) and pack that folder, or write a TorchServe handler in Python that loads both.`;
  const weights = checkpoint === undefined ? [] : await weightsPieces(files, checkpoint);
  const taken = new Set(weights.map(({ to }) => to));
  return {
    ...newArtefact('Hugging Face adapter (PEFT)'),
    modelName: files.name,
    framework: 'peft',
    flavours: [config.peft_type, ...(config.task_type === undefined ? [] : [config.task_type])],
    weights: listWeights(files),
    recipe: {
      handler: { kind: 'own', what },
      weights,
      files: files.paths.filter((path) => !taken.has(path)).map(asIs),
    },
  };
}
