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
  /** A module of `handlers/`; none for a built-in handler. */
  readonly handler?: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly format?: NonNullable<MarContent['format']>;
}

const digitsModel = join(packageRoot, 'templates/digits/digits.onnx');
const noop = { handler: 'noop', model: { modelName: 'noop', modelVersion: '1.11', handler: 'service.mjs' } };
const digit = { handler: 'digit', members: { 'mnist_cnn.onnx': digitsModel } };
const mnist = { serializedFile: 'mnist_cnn.onnx', handler: 'service.mjs' };
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
  { file: 'noop_no_archive/noop', ...noop, format: 'no-archive' },
  { file: 'noversion.mar', handler: 'noop', model: { modelName: 'noversion', handler: 'service.mjs' } },
  {
    file: 'noop_entrypntfunc.mar',
    handler: 'entry-point',
    model: { modelName: 'noop_entrypntfunc', modelVersion: '1.0', handler: 'service:handle_request' },
  },
  {
    file: 'respheader-test.mar',
    handler: 'response-header',
    model: { modelName: 'respheader-test', modelVersion: '1.0', handler: 'service.mjs' },
  },
  {
    file: 'pred-custom-return-code.mar',
    handler: 'return-code',
    model: { modelName: 'pred-custom-return-code', modelVersion: '1.0', handler: 'service:handle' },
  },
  {
    file: 'init-error.mar',
    handler: 'init-error',
    model: { modelName: 'init-error', handler: 'service.mjs' },
    config: 'maxRetryTimeoutInSec: 1\n',
  },
  { file: 'echo.mar', handler: 'echo', model: { modelName: 'echo', modelVersion: '1.0', handler: 'service.mjs' } },
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
const squeezenet = join(packageRoot, '../shared/data/squeezenet1_1_rand0.onnx');
const labels = join(packageRoot, '../shared/data/index_to_name.json');
export const hasSqueezenet = existsSync(squeezenet);

function squeezenetArchive(name: string, labelled: boolean): Archive {
  return {
    file: `${name}.mar`,
    model: { modelName: name, modelVersion: '1.0', serializedFile: 'squeezenet.onnx', handler: 'image_classifier' },
    members: { 'squeezenet.onnx': squeezenet, ...(labelled ? { 'index_to_name.json': labels } : {}) },
  };
}

/** Upstream's example: a function before and one after the model of digits. */
const workflow = {
  name: 'smtest',
  spec: 'models:\n  min-workers: 1\n  max-workers: 1\n  batch-size: 8\n  m1:\n    url: mnist.mar\n    batch-size: 4\ndag:\n  preprocessing: [m1]\n  m1: [postprocessing]\n',
} as const;

/** Writes the model store of the recording into `folder`. */
export async function makeModelStore(folder: string): Promise<void> {
  await cp(join(recorded, 'model-store'), folder, { recursive: true });
  await mkdir(join(folder, 'noop_no_archive'));
  for (const archive of archives) await makeArchive(folder, archive);
  const steps = await readFile(join(recorded, 'handlers', 'smtest.mjs'), 'utf8');
  await makeWar(join(folder, 'smtest.war'), { ...workflow, handler: ['smtest.mjs', steps] });
  if (!hasSqueezenet) return;
  for (const name of ['squeezenet', 'squeezenet_onnx', 'squeezenet_onnx_default'])
    await makeArchive(folder, squeezenetArchive(name, true));
  await makeArchive(folder, squeezenetArchive('squeezenet_nolabels', false));
}

async function makeArchive(
  folder: string,
  { file, model, handler, members = {}, config, format = 'default' }: Archive,
): Promise<void> {
  const files: Record<string, Uint8Array | string> = {};
  for (const [member, path] of Object.entries(members)) files[member] = await readFile(path);
  if (handler !== undefined) files['service.mjs'] = await readFile(join(recorded, 'handlers', `${handler}.mjs`));
  if (config !== undefined) files['model-config.yaml'] = config;
  await makeMar(join(folder, file), {
    files,
    manifest: {
      createdOn: '22/11/2026 14:51:22',
      runtime: handler === undefined ? 'python' : 'nodejs',
      model: { ...model, ...(config === undefined ? {} : { configFile: 'model-config.yaml' }) },
      archiverVersion: '0.12.0',
    },
    format,
  });
}
