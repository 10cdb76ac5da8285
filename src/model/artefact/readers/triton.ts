/** Triton: a model repository, `<model>/config.pbtxt` and `<model>/<version>/model.…`, or one model of it. */
import { posix } from 'node:path';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { type Artefact, newArtefact, type Piece, type Recipe } from '../common/artefact.ts';
import { type ArtefactFiles, resolvePath } from '../common/files.ts';
import { firstText, messagesOf, type PbtxtMessage, readPbtxt } from '../common/pbtxt.ts';
import { labelsPiece, weightsPieces } from '../common/pieces.ts';

const CONFIG = 'config.pbtxt';
const VERSIONED = /^(?:([^/]+)\/)?([1-9]\d{0,17})\/model\.(onnx|pt|plan|savedmodel|graphdef|xml|py)(?:\/|$)/;

/** The file a backend loads where the configuration names none. */
const defaultFiles = new Map([
  ['onnxruntime', 'model.onnx'],
  ['pytorch', 'model.pt'],
  ['python', 'model.py'],
  ['tensorrt', 'model.plan'],
  ['tensorflow', 'model.savedmodel'],
  ['openvino', 'model.xml'],
]);

/** Older configurations say `platform`, and no backend. */
const backends = new Map([
  ['onnxruntime_onnx', 'onnxruntime'],
  ['pytorch_libtorch', 'pytorch'],
  ['tensorrt_plan', 'tensorrt'],
  ['tensorflow_savedmodel', 'tensorflow'],
  ['tensorflow_graphdef', 'tensorflow'],
]);

export async function readTriton(files: ArtefactFiles): Promise<Artefact | undefined> {
  const folders = new Set(
    files.paths.flatMap((path) => {
      if (posix.basename(path) === CONFIG && path.split('/').length <= 2) return [posix.dirname(path)];
      const match = VERSIONED.exec(path);
      return match ? [match[1] ?? '.'] : [];
    }),
  );
  const [only, ...others] = [...folders].sort();
  if (only === undefined) return undefined;
  if (others.length === 0) return readModel(files, only);
  return {
    ...newArtefact('Triton model repository'),
    models: [...folders].sort(),
    recipe: undefined,
    advice: 'An archive holds one model: pack each by itself.',
  };
}

async function readModel(files: ArtefactFiles, folder: string): Promise<Artefact | undefined> {
  const text = await files.text(posix.join(folder, CONFIG));
  const reading = text === undefined ? undefined : readPbtxt(text);
  const config: PbtxtMessage = reading?.kind === 'ok' ? reading.message : new Map();
  const notes =
    reading?.kind === 'unreadable' ? [`${posix.join(folder, CONFIG)} cannot be read: ${reading.reason}.`] : [];
  const version = findVersions(files, folder).at(-1);
  const platform = firstText(config, 'platform');
  // Any program calls a file config.pbtxt; Triton's has at least one of these.
  if (version === undefined && platform === undefined && firstText(config, 'backend') === undefined) return undefined;
  const backend =
    firstText(config, 'backend') ?? backends.get(platform ?? '') ?? platform ?? guessBackend(files, folder, version);
  const modelName = firstText(config, 'name') ?? (folder === '.' ? files.name : folder);
  const model = version === undefined ? undefined : findModel(files, posix.join(folder, version), config, backend);
  const entry = model?.endsWith('.py') ? model : undefined;
  const versions = findVersions(files, folder);
  if (versions.length > 1) notes.push(`Of the versions ${versions.join(', ')} the highest is packed.`);
  const known = {
    ...newArtefact('Triton model'),
    modelName,
    ...(version !== undefined && { modelVersion: version }),
    ...(backend !== undefined && { framework: backend }),
    ...(entry !== undefined && { entryPoint: entry }),
    weights: model === undefined || entry !== undefined ? [] : [model],
    notes,
  };
  if (platform === 'ensemble' || config.has('ensemble_scheduling')) {
    const advice =
      'It is an ensemble, a graph of other models: pack those, and write the graph as a workflow (ts-workflow-archiver).';
    return { ...known, name: 'Triton ensemble', recipe: undefined, advice };
  }
  return { ...known, recipe: await makeRecipe(files, { folder, config, model, modelName, backend }) };
}

/** Version folders in the order of their numbers. */
function findVersions(files: ArtefactFiles, folder: string): string[] {
  const prefix = folder === '.' ? '' : `${folder}/`;
  const names = files.paths.flatMap((path) => {
    const name = path.startsWith(prefix) ? /^([1-9]\d{0,17})\//.exec(path.slice(prefix.length))?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort((a, b) => Number(a) - Number(b));
}

function guessBackend(files: ArtefactFiles, folder: string, version: string | undefined): string | undefined {
  const at = (name: string) => posix.join(folder, version ?? '', name);
  return [...defaultFiles].find(([, name]) =>
    files.paths.some((path) => path === at(name) || path.startsWith(`${at(name)}/`)),
  )?.[0];
}

/** ONNX with external data is a folder `model.onnx` that holds the model under the same name. */
function findModel(files: ArtefactFiles, folder: string, config: PbtxtMessage, backend: string | undefined) {
  const name = firstText(config, 'default_model_filename') ?? defaultFiles.get(backend ?? '');
  if (name === undefined) return undefined;
  return resolvePath(files, folder, name) ?? resolvePath(files, posix.join(folder, name), name);
}

interface Known {
  readonly folder: string;
  readonly config: PbtxtMessage;
  readonly model: string | undefined;
  readonly modelName: string;
  readonly backend: string | undefined;
}

async function makeRecipe(files: ArtefactFiles, { folder, config, model, modelName, backend }: Known): Promise<Recipe> {
  const graph = isOnnxName(model) ? model : undefined;
  if (graph !== undefined)
    return {
      handler: { kind: 'builtin', name: 'base_handler' },
      weights: await weightsPieces(files, graph),
      files: await findLabels(files, folder, config),
    };
  const tensors = (field: string) =>
    messagesOf(config, field).map(
      (tensor) =>
        `${firstText(tensor, 'name')} ${firstText(tensor, 'data_type')} [${(tensor.get('dims') ?? []).join(', ')}]`,
    );
  const io = [
    ...tensors('input').map((tensor) => `input ${tensor}`),
    ...tensors('output').map((tensor) => `output ${tensor}`),
  ].join('; ');
  const what = `A TorchServe handler in Python that does what Triton's ${backend ?? 'backend'} does for ${modelName}: ${
    model?.endsWith('.py')
      ? 'its initialize and execute, which use triton_python_backend_utils, become initialize(context) and handle(data, context)'
      : 'load the file, turn requests into its inputs, answer its outputs'
  }${io === '' ? '.' : ` (${io}).`}`;
  const weights = model === undefined || model.endsWith('.py') ? [] : await weightsPieces(files, model);
  const taken = new Set(weights.flatMap((piece) => ('member' in piece ? [piece.member] : [])));
  const prefix = model === undefined ? undefined : `${posix.dirname(model)}/`;
  const beside = files.paths.filter((path) => prefix !== undefined && path.startsWith(prefix) && !taken.has(path));
  return {
    handler: { kind: 'own', what },
    weights,
    files: beside.map((member): Piece => ({ to: member.slice(prefix?.length ?? 0), member })),
  };
}

/** The labels of the first output that has a file of them, one a line. */
async function findLabels(files: ArtefactFiles, folder: string, config: PbtxtMessage): Promise<Piece[]> {
  for (const output of messagesOf(config, 'output')) {
    const named = firstText(output, 'label_filename');
    const path = named === undefined ? undefined : resolvePath(files, folder, named);
    const text = path === undefined ? undefined : await files.text(path);
    if (path === undefined || text === undefined) continue;
    const lines = text.split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return [labelsPiece(lines, path)];
  }
  return [];
}
