import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archive } from '../../src/commands/pack/archive.ts';
import { predict } from '../../src/commands/predict.ts';
import { serve } from '../../src/commands/serve/serve.ts';
import { validate } from '../../src/commands/validate/validate.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';

const template = join(packageRoot, 'templates', 'handler-typescript');
const digits = join(packageRoot, 'templates', 'digits');
const shared = resolve(packageRoot, '..', 'shared', 'data');

/** The template's files with a model, packed as its README says. */
async function packTemplate(model: string, config: (text: string) => string = (text) => text) {
  const root = await tempTree();
  await cp(template, root, { recursive: true });
  await cp(model, join(root, 'model.onnx'));
  const configFile = join(root, 'model-config.yaml');
  await writeFile(configFile, config(await readFile(configFile, 'utf8')));
  const context = testContext(root);
  const options = {
    serializedFile: 'model.onnx',
    handler: 'handler.ts',
    configFile: 'model-config.yaml',
    exportPath: 'store',
  };
  const packed = await archive({ modelName: 'digits', version: '1.0', ...options }, context);
  return { root, context, packed, path: join(root, packed.path) };
}

interface Answer {
  readonly label: string;
  readonly probability: number;
}

/** Serves the archive and sends all images at once, so that the handler sees batches; the answers in order. */
async function classify(
  path: string,
  images: readonly string[],
  context: ReturnType<typeof testContext>,
): Promise<Answer[][]> {
  const server = await serve({ archives: [path], port: 0, device: 'cpu', workers: 1 }, context);
  try {
    const url = `${server.urls.inference}/predictions/digits`;
    return await Promise.all(
      images.map(async (image) => {
        const response = await fetch(url, { method: 'POST', body: await readFile(image) });
        expect(response.status, await response.clone().text()).toBe(200);
        return (await response.json()) as Answer[];
      }),
    );
  } finally {
    await server.close();
  }
}

describe('templates/handler-typescript', () => {
  it('packs into one module, and into a valid archive', async () => {
    const { packed, context } = await packTemplate(join(digits, 'digits.onnx'));
    expect(packed.manifest).toMatchObject({ runtime: 'nodejs', model: { handler: 'handler.mjs' } });
    expect(packed.files.map(({ path }) => path)).toEqual([
      'handler.mjs',
      'model-config.yaml',
      'model.onnx',
      'MAR-INF/MANIFEST.json',
    ]);
    const { findings } = await validate({ path: packed.path }, context);
    expect(findings.map(({ rule }) => rule)).toEqual(['compatibility/torchserve-runtime']);
  });

  it('recognises the digits of unseen images, with the settings of its model-config.yaml', async () => {
    const config = (text: string) => text.replace(/mean: .*/, 'mean: 0.5').replace(/std: .*/, 'std: 0.5');
    const { path, context } = await packTemplate(join(digits, 'digits.onnx'), config);
    const samples = (await readdir(join(digits, 'samples'))).filter((name) => name.endsWith('.png'));
    expect(samples.length).toBeGreaterThanOrEqual(10);
    const answers = await classify(
      path,
      samples.map((sample) => join(digits, 'samples', sample)),
      context,
    );
    expect(answers.map(([best]) => best?.label)).toEqual(samples.map((sample) => sample[0]));
    for (const answer of answers) {
      const probabilities = answer.map(({ probability }) => probability);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
      expect(answer).toHaveLength(3);
    }
  });

  it('answers bytes that are not an image with 400', async () => {
    const { path, root, context } = await packTemplate(join(digits, 'digits.onnx'));
    await writeFile(join(root, 'no.png'), 'not an image');
    const { status } = await predict({ path, input: 'no.png' }, context);
    expect(status).toBe(400);
  });

  const hasMnist = existsSync(join(shared, 'mnist_cnn.onnx'));
  it.skipIf(!hasMnist)('answers all ten test images of MNIST correctly (needs ../shared/data)', async () => {
    const { path, context } = await packTemplate(join(shared, 'mnist_cnn.onnx'));
    const images = Array.from({ length: 10 }, (_, digit) => join(shared, 'mnist_test_png', `${digit}.png`));
    const labels = (await classify(path, images, context)).map(([best]) => best?.label);
    expect(labels).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });
});
