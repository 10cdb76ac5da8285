import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { softmax } from '../../../../src/handlers/sdk.ts';
import { bodies, type ModelParts, request, startRunner } from '../../../serve/worker/model-folder.ts';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const labels = { 'index_to_name.json': JSON.stringify({ 0: 'red', 1: 'green', 2: 'blue' }) };
const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'images', name));
const solid = (r: number, g: number, b: number, width = 40, height = 30) =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();

/** A classifier whose scores are the means of the channels: what an image became is read off its answer. */
const classifier = (model = 'channel-means.onnx', parts: Partial<ModelParts> = {}) =>
  startRunner({ handler: 'image_classifier', model, files: labels, ...parts });
const ask = async (runner: Awaited<ReturnType<typeof classifier>>, ...given: Parameters<typeof request>) => {
  const response = await runner.predict([request(...given)]);
  return {
    code: response.code,
    message: response.message,
    answer: response.code === 200 ? JSON.parse(bodies(response)[0] as string) : undefined,
  };
};

/** With `output: probabilities` scores come through as they are: the mean of each channel of the tensor. */
const RAW = 'postprocess: { output: probabilities }\n';

/** To three decimals: the model adds 50,000 float32 values up. */
function expectScores(answer: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(answer).sort()).toEqual(Object.keys(expected).sort());
  for (const [label, score] of Object.entries(expected)) expect(answer[label]).toBeCloseTo(score, 3);
}

describe('preprocessing', () => {
  test('a model with free height and width gets TorchServe’s 224 x 224 with the mean and deviation of ImageNet', async () => {
    const runner = await classifier('channel-means.onnx', { config: RAW });
    const { answer } = await ask(runner, await solid(255, 128, 0));
    const normalised = [1, 128 / 255, 0].map(
      (value, channel) => (value - (IMAGENET.mean[channel] as number)) / (IMAGENET.std[channel] as number),
    );
    expectScores(answer, {
      red: normalised[0] as number,
      green: normalised[1] as number,
      blue: normalised[2] as number,
    });
  });

  test('size, range, mean, std and mode are read from model-config.yaml', async () => {
    const config = `${RAW}preprocess: { size: [8, 6], range: [0, 255], mode: BGR, mean: [1, 2, 3], std: 2 }`;
    const { answer } = await ask(await classifier('channel-means.onnx', { config }), await solid(200, 100, 50));
    // Channel 0 is blue now; its label still says red.
    expectScores(answer, { red: (50 - 1) / 2, green: (100 - 2) / 2, blue: (200 - 3) / 2 });
  });

  test('a uint8 model in HWC order gets the pixels unchanged', async () => {
    const { answer } = await ask(
      await classifier('channel-means-nhwc-uint8.onnx', { config: RAW }),
      await solid(200, 100, 50),
    );
    expectScores(answer, { red: 200, green: 100, blue: 50 });
  });

  test('a float16 model gets a float16 input', async () => {
    const config = `${RAW}preprocess: { range: [0, 255] }`;
    const { answer } = await ask(await classifier('channel-means-float16.onnx', { config }), await solid(200, 100, 50));
    expectScores(answer, { red: 200, green: 100, blue: 50 });
  });

  test('gray, palette, CMYK and alpha images are converted to three channels, where TorchServe fails', async () => {
    const runner = await classifier();
    for (const name of [
      'gray.png',
      'rgba.png',
      'palette-transparent.png',
      'cmyk.jpg',
      'gray-16.png',
      'one-pixel.png',
    ]) {
      expect((await ask(runner, fixture(name))).code, name).toBe(200);
    }
  });
});

describe('requests', () => {
  test('bytes, base64 text, a JSON string of base64, a data URL and a field named data give the same answer', async () => {
    const runner = await classifier();
    const image = fixture('baseline.jpg');
    const base64 = image.toString('base64');
    const expected = await ask(runner, image);
    expect(expected.code).toBe(200);
    expect(await ask(runner, base64, { type: 'text/plain' })).toEqual(expected);
    expect(await ask(runner, JSON.stringify(base64), { type: 'application/json' })).toEqual(expected);
    expect(await ask(runner, `data:image/jpeg;base64,${base64}`, { type: 'text/plain' })).toEqual(expected);
    expect(await ask(runner, image, { name: 'data' })).toEqual(expected);
  });

  test('nested lists are the input tensor', async () => {
    const { answer } = await ask(await classifier('channel-means.onnx', { config: RAW }), [
      [[1, 2]],
      [[3, 4]],
      [[5, 7]],
    ]);
    expectScores(answer, { red: 1.5, green: 3.5, blue: 6 });
  });

  test('images of different sizes, tensors and an invalid image in one batch are answered each, in order', async () => {
    const runner = await classifier('channel-means.onnx', { config: `${RAW}preprocess: { resize: 16, crop: 16 }` });
    const response = await runner.predict([
      request(await solid(255, 0, 0, 50, 20)),
      request([[[0]], [[1]], [[0]]]),
      request('no image at all'),
      request(await solid(0, 0, 255, 20, 70)),
    ]);
    const best = response.predictions.map(({ status }, at) =>
      status === 200 ? Object.keys(JSON.parse(bodies(response)[at] as string))[0] : status,
    );
    expect(best).toEqual(['red', 'green', 400, 'blue']);
  });

  test.each([
    ['bytes that are not an image', 'nonsense', {}, /^The 8 bytes in the request are not a readable image/],
    ['an empty body', '', {}, /empty/],
    ['a JSON object', { image: 1 }, {}, /Expected an image as bytes, as base64 text, or as nested JSON lists/],
    ['lists of the wrong shape', [[1, 2]], {}, /expected lists of shape \[3, \?, \?\], got \[1, 2\]/],
    ['ragged lists', [[[1, 2]], [[3]], [[4]]], {}, /ragged/],
    ['a list with a word in it', [[['a']], [[1]], [[1]]], {}, /expected a number, got "a"/],
    ['another field', 'x', { name: 'file' }, /no field named data or body/],
  ])('%s is the client’s mistake, with a message', async (_, body, options, message) => {
    expect(await ask(await classifier(), body, options)).toMatchObject({
      code: 400,
      message: expect.stringMatching(message),
    });
  });
});

describe('answers', () => {
  test('are softmax probabilities of all classes, the best first, in float32', async () => {
    const runner = await classifier('channel-means.onnx', { config: 'preprocess: { range: [0, 1] }' });
    const response = await runner.predict([request(await solid(51, 255, 0))]);
    const [red, green, blue] = Array.from(softmax([51 / 255, 1, 0]), Math.fround);
    expect(bodies(response)[0]).toMatch(/^\{\n {2}"green": 0\.\d+,\n {2}"red": 0\.\d+,\n {2}"blue": 0\.\d+\n\}$/);
    expectScores(JSON.parse(bodies(response)[0] as string), {
      red: red as number,
      green: green as number,
      blue: blue as number,
    });
  });

  test('topk limits the number of classes, and the default of five accepts a model of three', async () => {
    const config = 'postprocess: { topk: 2 }';
    expect(
      Object.keys((await ask(await classifier('channel-means.onnx', { config }), await solid(1, 2, 3))).answer),
    ).toEqual(['blue', 'green']);
    expect(Object.keys((await ask(await classifier(), await solid(1, 2, 3))).answer)).toHaveLength(3);
  });

  test('without a label file are class indices, the best first; a whole number is written as a float', async () => {
    const runner = await classifier('channel-means-nhwc-uint8.onnx', { config: RAW, files: {} });
    expect(bodies(await runner.predict([request(await solid(0, 1, 2))]))).toEqual([
      '{\n  "2": 2.0,\n  "1": 1.0,\n  "0": 0.0\n}',
    ]);
  });

  test('a label file that does not fit the model is reported once, at load', async () => {
    const runner = await classifier('channel-means.onnx', { files: { 'index_to_name.json': '{"0":"only"}' } });
    expect(runner.logged).toEqual(['index_to_name.json names 1 classes, the model\'s output "scores" has 3.']);
    expect(new Set(Object.keys((await ask(runner, await solid(9, 8, 7))).answer))).toEqual(new Set(['only', '1', '2']));
  });
});

describe('configuration', () => {
  test.each([
    ['an unknown key', 'preprocess: { sise: 3 }', /preprocess.*sise/],
    ['an unknown mode', 'preprocess: { mode: HSV }', /preprocess\.mode/],
    ['size beside crop', 'preprocess: { size: 28, crop: 24 }', /size excludes resize and crop/],
    ['a deviation of zero', 'preprocess: { std: 0 }', /deviation must not be 0/],
    ['means for other channels', 'preprocess: { mean: [1, 2] }', /mean has 2 values for 3 channels/],
    [
      'gray for a model of three channels',
      'preprocess: { mode: L }',
      /mode L has 1 channels, but input "image" takes 3/,
    ],
    [
      'an output that is not there',
      'postprocess: { name: logits }',
      /postprocess\.name is logits; the model's outputs are scores/,
    ],
    ['no class at all', 'postprocess: { topk: 0 }', /postprocess\.topk/],
  ])('%s is refused at load', async (_, config, message) => {
    await expect(classifier('channel-means.onnx', { config })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test('a size that the model does not accept is refused at load', async () => {
    await expect(classifier('channel-means-224.onnx', { config: 'preprocess: { size: 28 }' })).rejects.toThrow(
      'images of height 28, but the model takes 224',
    );
  });

  test('a model whose input is not an image is refused with its input', async () => {
    await expect(classifier('linear4x3.onnx')).rejects.toThrow('input "input" has 2 axes; images need four');
    await expect(classifier('sum-and-difference.onnx')).rejects.toThrow(
      'it takes models with one input, and this one has a, b',
    );
  });
});

describe('the kind of the scores, without a setting', () => {
  test('a model that ends in a softmax gets no second one', async () => {
    const config = 'preprocess: { size: 2, range: [0, 1] }';
    const { answer } = await ask(await classifier('channel-shares.onnx', { config }), await solid(255, 51, 0));
    const [red, green, blue] = softmax([1, 0.2, 0]);
    expectScores(answer, { red: red as number, green: green as number, blue: blue as number });
  });

  test('a single score is the probability of class 1 against class 0', async () => {
    const config = 'preprocess: { size: 2, range: [0, 1] }';
    const { answer } = await ask(await classifier('brightness.onnx', { config }), await solid(255, 255, 255));
    expectScores(answer, { green: 1 / (1 + Math.exp(-1)), red: 1 - 1 / (1 + Math.exp(-1)) });
  });
});

test('an output that is not a list of classes is refused at load, with the handler that accepts it', async () => {
  await expect(classifier('dense-boxes.onnx', { config: 'postprocess: { name: confidences }' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/output "confidences" has shape \[1, 5, 3\].*base_handler answers tensors/),
  });
});
