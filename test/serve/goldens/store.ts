import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../src/core/package-info.ts';
import { type MarContent, makeMar } from '../../support/make-mar.ts';
import { makeWar } from '../../support/make-war.ts';

export const recorded = join(packageRoot, 'test/fixtures/torchserve');

interface Archive {
  readonly file: string;
  readonly model: Readonly<Record<string, string>>;
  /** A file of `handlers/`, without its ending; none for a built-in handler. */
  readonly handler?: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly format?: NonNullable<MarContent['format']>;
}

const digitsModel = join(packageRoot, 'templates/digits/digits.onnx');
const noop = { handler: 'noop', model: { modelName: 'noop', modelVersion: '1.11', handler: 'service' } };
const digit = { handler: 'digit', members: { 'mnist_cnn.onnx': digitsModel } };
const mnist = { serializedFile: 'mnist_cnn.onnx', handler: 'service' };
const kinds = { handler: 'kinds', model: { modelName: 'kinds', modelVersion: '1.0', handler: 'service:handle' } };

/** The archives of the recording that held other people's code or other weights: the same names and versions, our handlers. */
const archives: readonly Archive[] = [
  { file: 'noop.mar', ...noop },
  { file: 'noop_v2.mar', ...noop, model: { ...noop.model, modelVersion: '1.2.1' } },
  {
    file: 'noop-no-manifest.mar',
    ...noop,
    model: { ...noop.model, modelName: 'noop-no-manifest', modelVersion: '1.0' },
  },
  { file: 'noop-customized.mar', ...noop, model: { ...noop.model, modelName: 'noop-customized', modelVersion: '1.0' } },
  { file: 'noop.tar.gz', ...noop, model: { ...noop.model, modelVersion: '1.0' }, format: 'tgz' },
  { file: 'noop_no_archive/noop', ...noop, format: 'folder' },
  { file: 'noversion.mar', handler: 'noop', model: { modelName: 'noversion', handler: 'service' } },
  {
    file: 'noop_entrypntfunc.mar',
    handler: 'entry-point',
    model: { modelName: 'noop_entrypntfunc', modelVersion: '1.0', handler: 'service:handle_request' },
  },
  {
    file: 'respheader-test.mar',
    handler: 'response-header',
    model: { modelName: 'respheader-test', modelVersion: '1.0', handler: 'service' },
  },
  {
    file: 'pred-custom-return-code.mar',
    handler: 'return-code',
    model: { modelName: 'pred-custom-return-code', modelVersion: '1.0', handler: 'service:handle' },
  },
  {
    file: 'init-error.mar',
    handler: 'init-error',
    model: { modelName: 'init-error', handler: 'service' },
    config: 'maxRetryTimeoutInSec: 1\n',
  },
  { file: 'echo.mar', handler: 'echo', model: { modelName: 'echo', modelVersion: '1.0', handler: 'service' } },
  { file: 'dump.mar', handler: 'dump', model: { modelName: 'dump', modelVersion: '1.0', handler: 'service:handle' } },
  { file: 'kinds.mar', ...kinds },
  { file: 'mnist.mar', ...digit, model: { ...mnist, modelName: 'mnist', modelVersion: '1.0' } },
  { file: 'mnist2.mar', ...digit, model: { ...mnist, modelName: 'mnist2', modelVersion: '2.0' } },
  { file: 'mnist_onnx.mar', ...digit, model: { ...mnist, modelName: 'mnist_onnx', modelVersion: '1.0' } },
  {
    file: 'mnist_cfg.mar',
    ...digit,
    model: { ...mnist, modelName: 'mnist_cfg', modelVersion: '3.1' },
    config: 'minWorkers: 1\nmaxWorkers: 1\nbatchSize: 2\n',
  },
  {
    file: 'linear_base.mar',
    model: {
      modelName: 'linear_base',
      modelVersion: '1.0',
      serializedFile: 'linear4x3.onnx',
      handler: 'base_handler',
    },
    members: { 'linear4x3.onnx': join(packageRoot, 'test/fixtures/models/linear4x3.onnx') },
  },
];

/** Five megabytes of weights that this repository does not carry; where they are, the exchanges that need them run. */
const squeezenetOnnx = join(packageRoot, '../shared/data/squeezenet1_1_rand0.onnx');
const labels = join(packageRoot, '../shared/data/index_to_name.json');
export const hasSqueezenet = existsSync(squeezenetOnnx);

/** The model as ONNX and as TorchScript, and its labels. */
export interface Squeezenet {
  readonly onnx: string;
  readonly script: string;
  readonly labels: string;
}

const builtin = (name: string, weights: string, members: Readonly<Record<string, string>>): Archive => ({
  file: `${name}.mar`,
  model: { modelName: name, modelVersion: '1.0', serializedFile: weights, handler: 'image_classifier' },
  members,
});

/** Upstream's example: a function before and one after the model of digits. */
const workflow = {
  name: 'smtest',
  spec: 'models:\n  min-workers: 1\n  max-workers: 1\n  batch-size: 8\n  m1:\n    url: mnist.mar\n    batch-size: 4\ndag:\n  preprocessing: [m1]\n  m1: [postprocessing]\n',
} as const;

/** Writes the model store of the recording into `folder`, with handlers in JavaScript, ONNX for TorchScript. */
export async function makeModelStore(folder: string): Promise<void> {
  const ours = hasSqueezenet
    ? ['squeezenet', 'squeezenet_onnx', 'squeezenet_onnx_default', 'squeezenet_nolabels'].map((name) =>
        builtin(name, 'squeezenet.onnx', {
          'squeezenet.onnx': squeezenetOnnx,
          ...(name === 'squeezenet_nolabels' ? {} : { 'index_to_name.json': labels }),
        }),
      )
    : [];
  await fillStore(folder, [...archives, ...ours], 'mjs');
}

/** The same store with handlers in Python, as the recording had it: what TorchServe's own worker runs. */
export async function makePythonStore(folder: string, { onnx, script, labels }: Squeezenet): Promise<void> {
  const scripted = { 'squeezenet.pt': script };
  const exported = { 'squeezenet.onnx': onnx, 'index_to_name.json': labels };
  const model = { modelVersion: '1.0', serializedFile: 'squeezenet.onnx' };
  await fillStore(
    folder,
    [
      ...archives.filter(({ file }) => !AS_RECORDED.includes(file)),
      builtin('squeezenet', 'squeezenet.pt', { ...scripted, 'index_to_name.json': labels }),
      builtin('squeezenet_nolabels', 'squeezenet.pt', scripted),
      builtin('squeezenet_onnx_default', 'squeezenet.onnx', exported),
      {
        file: 'squeezenet_onnx.mar',
        handler: 'onnx-classifier',
        model: { ...model, modelName: 'squeezenet_onnx', handler: 'service' },
        members: exported,
      },
    ],
    'py',
  );
  for (const file of AS_RECORDED) await cp(join(recorded, 'sound', file), join(folder, file));
}

/** Archives that hold Python of ours, or TorchScript. */
const AS_RECORDED = ['dump.mar', 'kinds.mar', 'linear_base.mar', 'noversion.mar'];

type Language = 'mjs' | 'py';

async function fillStore(folder: string, filling: readonly Archive[], language: Language): Promise<void> {
  await cp(join(recorded, 'model-store'), folder, { recursive: true });
  await mkdir(join(folder, 'noop_no_archive'));
  for (const archive of filling) await makeArchive(folder, archive, language);
  const steps = await readFile(join(recorded, 'handlers', `smtest.${language}`), 'utf8');
  await makeWar(join(folder, 'smtest.war'), { ...workflow, handler: [`smtest.${language}`, steps] });
}

async function makeArchive(
  folder: string,
  { file, model, handler, members = {}, config, format = 'zip' }: Archive,
  language: Language,
): Promise<void> {
  const files: Record<string, Uint8Array | string> = {};
  for (const [member, path] of Object.entries(members)) files[member] = await readFile(path);
  if (handler !== undefined)
    files[`service.${language}`] = await readFile(join(recorded, 'handlers', `${handler}.${language}`));
  if (config !== undefined) files['model-config.yaml'] = config;
  const named = model.handler === 'service' ? { ...model, handler: `service.${language}` } : model;
  await makeMar(join(folder, file), {
    files,
    manifest: {
      createdOn: '22/11/2026 14:51:22',
      runtime: handler === undefined || language === 'py' ? 'python' : 'nodejs',
      model: { ...named, ...(config === undefined ? {} : { configFile: 'model-config.yaml' }) },
      archiverVersion: '0.12.0',
    },
    format,
  });
}
