import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServeHandle, serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { runOurs, runOursWell, runTool } from '../support/tools.ts';
import { findIncumbent, type Server, startTorchServe } from './torchserve.ts';

/** Ours and the real TorchServe over one model store, with the same Python: what is asked of one is asked of the other. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';
const photo = join(packageRoot, 'test/fixtures/images/444.jpg');

let folder: string;
let theirs: Server;
let ours: ServeHandle;

/** One set of inputs of each kind of handler; the archive's name is added. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  function: ['--handler', 'kinds.py'],
  class: ['--handler', 'echo_class.py'],
  named: ['--handler', 'kinds.py:handle'],
  base: ['--serialized-file', 'linear.pt', '--handler', 'base_handler'],
  eager: [
    '--serialized-file',
    'model_weights.pth',
    '--model-file',
    'model_definition.py',
    '--handler',
    'image_classifier',
  ],
  script: [
    '--serialized-file',
    'squeezenet.pt',
    '--handler',
    'image_classifier',
    '--extra-files',
    'index_to_name.json',
  ],
  both: ['--serialized-file', 'model.onnx', '--handler', 'mar_onnx_image_classifier.py'],
};
const formats = { default: '.mar', 'zip-store': '.mar', tgz: '.tar.gz', 'no-archive': '' } as const;
type Format = keyof typeof formats;

/** Archives of both writers: theirs only of the forms they have. */
const archives = [
  ...Object.keys(kinds).map((kind) => ({ kind, writer: 'ours', format: 'default' as Format })),
  ...(['zip-store', 'tgz', 'no-archive'] as const).map((format) => ({ kind: 'function', writer: 'ours', format })),
  ...['function', 'class', 'named', 'base', 'eager'].map((kind) => ({
    kind,
    writer: 'theirs',
    format: 'default' as Format,
  })),
  ...(['zip-store', 'tgz', 'no-archive'] as const).map((format) => ({ kind: 'function', writer: 'theirs', format })),
];
const nameOf = ({ kind, writer, format }: (typeof archives)[number]) => `${writer}-${kind}-${format}`;

async function pack(archive: (typeof archives)[number]): Promise<void> {
  const { kind, writer, format } = archive;
  const args = [
    '--model-name',
    nameOf(archive),
    '--version',
    '1.0',
    '--export-path',
    'store',
    '--archive-format',
    format,
  ];
  const words = [...args, ...(kinds[kind] as readonly string[])];
  if (writer === 'ours') await runOursWell('ts-model-archiver', words, { cwd: folder });
  else {
    const { exitCode, stderr } = await runTool(
      join(dirname(python), 'torch-model-archiver'),
      words.map((word) => word.replace(/\.py:/, ':')),
      {
        cwd: folder,
        env: { TMPDIR: folder },
      },
    );
    if (exitCode !== 0) throw new Error(stderr);
  }
}

beforeAll(async () => {
  if ('missing' in incumbent) return;
  folder = await mkdtemp(join(tmpdir(), 'tsma-interop-'));
  await mkdir(join(folder, 'store'));
  await writeFile(join(folder, 'echo_class.py'), ECHO_CLASS);
  await writeFile(join(folder, 'index_to_name.json'), LABELS);
  await cp(join(packageRoot, 'test/interop/kinds.py'), join(folder, 'kinds.py'));
  await cp(
    join(packageRoot, 'templates/onnx-in-torchserve/mar_onnx_image_classifier.py'),
    join(folder, 'mar_onnx_image_classifier.py'),
  );
  await run(join(packageRoot, 'test/interop/make_models.py'));
  const exporter = join(packageRoot, 'templates/export-onnx/export_onnx.py');
  await run(exporter, '--weights', 'model_weights.pth', '--model-file', 'model_definition.py');
  for (const archive of archives) await pack(archive);
  const store = join(folder, 'store');
  theirs = await startTorchServe(python, store, folder);
  const options = { port: 0, modelStore: store, python, threads: 1, enableModelApi: true };
  ours = await serve(options, testContext(folder, { env: process.env }));
}, 600_000);

afterAll(async () => {
  await ours?.close();
  await theirs?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runTool(python, args, { cwd: folder });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

interface Exchange {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

async function ask(url: string, { method = 'POST', path, headers = {}, body }: Exchange) {
  const type = typeof body === 'string' ? {} : { 'content-type': 'application/octet-stream' };
  const response = await fetch(url + path, {
    method,
    headers: { ...type, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body) : body }),
  });
  return {
    status: response.status,
    reason: response.statusText,
    type: response.headers.get('content-type'),
    own: response.headers.get('x-own'),
    stream: response.headers.get('ts_stream_next'),
    body: await response.text(),
  };
}

async function askBoth(exchange: Exchange) {
  return { ours: await ask(ours.urls.inference, exchange), theirs: await ask(theirs.url, exchange) };
}

const register = (name: string, format: Format) => {
  const url = encodeURIComponent(name + formats[format]);
  return { path: `/models?url=${url}&initial_workers=1&synchronous=true` };
};
const json = { 'content-type': 'application/json' };
const ofKind = (kind: string): Exchange => ({ path: '', headers: { 'X-Kind': kind }, body: 'hello' });
const requestsOf = async (kind: string): Promise<Exchange[]> => {
  if (kind === 'base')
    return [
      { path: '', headers: json, body: '[1, 2, 3, 4]' },
      { path: '', headers: json, body: '{"no": 1}' },
    ];
  if (['eager', 'script', 'both'].includes(kind)) return [{ path: '', body: new Uint8Array(await readFile(photo)) }];
  return ['plain', 'status', 'stream', 'numbers', 'raise', 'prediction-exception'].map(ofKind);
};

describe.skipIf('missing' in incumbent)('one model store, two servers', () => {
  describe.each(archives)('an archive of $writer, $kind, $format', (archive) => {
    const name = nameOf(archive);
    test('is registered with the same answer and predicts the same', async () => {
      const registered = await askBoth(register(name, archive.format));
      expect(registered.ours).toEqual(registered.theirs);
      expect(registered.ours.status).toBe(200);
      for (const request of await requestsOf(archive.kind)) {
        const answers = await askBoth({ ...request, path: `/predictions/${name}` });
        if (archive.kind === 'both') expectClose(answers.ours.body, answers.theirs.body, 1e-3);
        else expect(answers.ours).toEqual(answers.theirs);
      }
      const [first] = await requestsOf(archive.kind);
      // Without an envelope base_handler cannot make tensors of rows: both refuse (contract 6.1). Every other kind answers.
      const expected = archive.kind === 'base' ? 503 : 200;
      expect((await ask(ours.urls.inference, { ...first, path: `/predictions/${name}` })).status).toBe(expected);
      await askBoth({ method: 'DELETE', path: `/models/${name}` });
    }, 120_000);
  });

  test("explanations, the handler's own description, and errors without a worker are the same", async () => {
    await askBoth(register('ours-function-default', 'default'));
    const explained = await askBoth({ path: '/explanations/ours-function-default', body: 'x' });
    expect(explained.ours).toEqual(explained.theirs);
    const described = await askBoth({ method: 'GET', path: '/models/ours-function-default?customized=true' });
    const metadata = ({ body }: { body: string }) =>
      (JSON.parse(body) as { customizedMetadata: object }[])[0]?.customizedMetadata;
    expect(metadata(described.ours)).toEqual({ purpose: 'interop' });
    expect(metadata(described.ours)).toEqual(metadata(described.theirs));
    const missing = await askBoth({ path: '/predictions/nobody', body: 'x' });
    expect(missing.ours).toEqual(missing.theirs);
    await askBoth({ method: 'DELETE', path: '/models/ours-function-default' });
  }, 120_000);

  test('squeezenet as TorchScript there and as ONNX here answers the same labels, with probabilities within 1e-3', async () => {
    const words = [
      '--model-name',
      'exported',
      '--version',
      '1.0',
      '--serialized-file',
      'model.onnx',
      '--handler',
      'image_classifier',
    ];
    await runOursWell(
      'ts-model-archiver',
      [...words, '--extra-files', 'index_to_name.json', '--export-path', 'store'],
      { cwd: folder },
    );
    await ask(theirs.url, register('ours-script-default', 'default'));
    await ask(ours.urls.inference, register('exported', 'default'));
    const body = new Uint8Array(await readFile(photo));
    const there = await ask(theirs.url, { path: '/predictions/ours-script-default', body });
    const here = await ask(ours.urls.inference, { path: '/predictions/exported', body });
    expect([here.status, there.status]).toEqual([200, 200]);
    expectClose(here.body, there.body, 1e-3);
  }, 120_000);

  test("the tutorial's three steps: pack, serve, predict", async () => {
    const tutorial = await tempTree({ 'model_store/': '' });
    for (const file of ['model_weights.pth', 'model_definition.py', 'index_to_name.json'])
      await cp(join(folder, file), join(tutorial, file));
    const flags = [
      '--model-file',
      'model_definition.py',
      '--serialized-file',
      'model_weights.pth',
      '--handler',
      'image_classifier',
    ];
    const named = ['--model-name', 'my_image_classifier', '--version', '1.0', '--export-path', 'model_store'];
    await runOursWell('ts-model-archiver', [...named, ...flags, '--extra-files', 'index_to_name.json'], {
      cwd: tutorial,
    });
    const options = { port: 0, modelStore: 'model_store', models: ['my_image_classifier.mar'], python };
    const handle = await serve(options, testContext(tutorial, { env: process.env }));
    try {
      const answer = await ask(handle.urls.inference, {
        path: '/predictions/my_image_classifier',
        body: new Uint8Array(await readFile(photo)),
      });
      expect(answer.status).toBe(200);
      const probabilities = Object.values(JSON.parse(answer.body) as Record<string, number>);
      expect(probabilities).toHaveLength(5);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    } finally {
      await handle.close();
    }
    const input = ['predict', 'model_store/my_image_classifier.mar', '-i', photo, '--python', python, '--json'];
    expect(JSON.parse((await runOurs('mar', input, { cwd: tutorial })).stdout)).toMatchObject({ status: 200 });
  }, 120_000);

  test('the output of a worker and its fatal exception reach the client', async () => {
    await writeFile(
      join(folder, 'broken.py'),
      'import kinds_that_nobody_has\n\n\ndef handle(data, context):\n    return data\n',
    );
    await runOursWell(
      'ts-model-archiver',
      ['--model-name', 'broken', '--version', '1', '--handler', 'broken.py', '--export-path', 'store'],
      { cwd: folder },
    );
    const refused = await ask(ours.urls.inference, register('broken', 'default'));
    expect(refused.status).toBe(500);
    expect(refused.body).toContain("ModuleNotFoundError: No module named 'kinds_that_nobody_has' (broken.py, line 1)");
  }, 60_000);
});

/** The same labels in the same order, and probabilities that differ relatively by less than `tolerance`. */
function expectClose(one: string, other: string, tolerance: number): void {
  const [a, b] = [one, other].map((text) => Object.entries(JSON.parse(text) as Record<string, number>));
  expect(a?.map(([label]) => label)).toEqual(b?.map(([label]) => label));
  expect(a).toHaveLength(5);
  for (const [index, [, value]] of (a ?? []).entries())
    expect(Math.abs(value / (b?.[index]?.[1] as number) - 1)).toBeLessThan(tolerance);
}

const ECHO_CLASS = `from ts.torch_handler.base_handler import BaseHandler


class EchoHandler(BaseHandler):
    def initialize(self, context):
        self.initialized = True

    def handle(self, data, context):
        return [{name: str(value) for name, value in row.items()} for row in data]
`;
const LABELS = JSON.stringify(
  Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [index, [`n${index}`, `class ${index}`]])),
);
