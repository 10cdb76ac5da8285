import sharp from 'sharp';
import { expect, test } from 'vitest';
import { segment } from '../../../../src/handlers/builtin/image/segment.ts';
import { float32, softmax } from '../../../../src/handlers/sdk.ts';
import { bodies, request, startRunner } from '../../../serve/worker/model-folder.ts';

const start = (config: string) => startRunner({ handler: 'image_segmenter', model: 'colour-segments.onnx', config });
/** Two pixels: red, then blue. */
const pixels = () =>
  sharp(Uint8Array.from([255, 0, 0, 0, 51, 102]), { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toBuffer();

test('every pixel has its best class and the softmax probability of it, from the output named out', async () => {
  const runner = await start('preprocess: { size: [1, 2], range: [0, 1] }');
  const [body] = bodies(await runner.predict([request(await pixels())]));
  const share = (scores: number[], best: number) => Math.fround(softmax(scores)[best] as number);
  const [[red, blue]] = JSON.parse(body as string);
  expect([red[0], blue[0]]).toEqual([0, 2]);
  expect(red[1]).toBeCloseTo(share([1, 0, 0], 0), 6);
  expect(blue[1]).toBeCloseTo(share([0, 0.2, 0.4], 2), 6);
  expect(body).toMatch(/^\[\n {2}\[\n {4}\[\n {6}0\.0,\n/);
});

test('output: probabilities takes no softmax, and name selects the output', async () => {
  const config = 'preprocess: { size: [1, 2], range: [0, 1] }\npostprocess: { output: probabilities, name: aux }';
  const [body] = bodies(await (await start(config)).predict([request(await pixels())]));
  // Negated colours: the greatest is the least of the three; -0 of two is the first.
  expect(JSON.parse(body as string)).toEqual([
    [
      [1, -0],
      [0, -0],
    ],
  ]);
});

test('the default is TorchServe’s size: 224 x 224 pixels', async () => {
  const [body] = bodies(await (await start('{}')).predict([request(await pixels())]));
  const answer = JSON.parse(body as string);
  expect([answer.length, answer[0].length, answer[0][0].length]).toEqual([224, 224, 2]);
});

test('very large scores do not overflow', () => {
  const { data } = segment(float32([1e30, -1e30, 1e30], [3, 1, 1]), { areLogits: true, layout: 'NCHW' });
  expect(Array.from(data as Float32Array)).toEqual([0, 0.5]);
});

const answerOf = async (model: string, config: string) => {
  const runner = await startRunner({ handler: 'image_segmenter', model, config });
  return JSON.parse(bodies(await runner.predict([request(await pixels())]))[0] as string);
};

test('a model that outputs class indices is answered with them, with certainty', async () => {
  expect(await answerOf('segments-mask.onnx', 'preprocess: { size: [1, 2], range: [0, 1] }')).toEqual([
    [
      [0, 1],
      [2, 1],
    ],
  ]);
});

test('a single plane is class 1 against class 0, and probabilities are kept', async () => {
  const config = 'preprocess: { size: [1, 2], range: [-1, 1] }';
  const [[first, second]] = await answerOf('segments-one-plane.onnx', config);
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  // The brightest channel of the pixels is 255 and 102.
  expect([first[0], second[0]]).toEqual([1, 0]);
  expect(first[1]).toBeCloseTo(sigmoid(1), 6);
  expect(second[1]).toBeCloseTo(1 - sigmoid((102 / 255) * 2 - 1), 6);
});

test('a model with channels last in its input has classes last in its output', async () => {
  const config = 'preprocess: { size: [1, 2], range: [0, 1] }';
  expect(await answerOf('segments-channels-last.onnx', config)).toEqual(await answerOf('colour-segments.onnx', config));
});

test('a model whose scores are not planes is refused at load', async () => {
  await expect(startRunner({ handler: 'image_segmenter', model: 'channel-means.onnx' })).rejects.toThrow(
    'output "scores" has 2 axes; segmentation needs four',
  );
});
