import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { bodies, request, startRunner } from '../../../serve/worker/model-folder.ts';

const files = { 'index_to_name.json': '{"1":"cat","2":"dog"}' };
const start = (model: string, config?: string) =>
  startRunner({ handler: 'object_detector', model, files, ...(config === undefined ? {} : { config }) });
const image = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
const detect = async (model: string, config: string | undefined, width: number, height: number) => {
  const [body] = bodies(await (await start(model, config)).predict([request(await image(width, height))]));
  return JSON.parse(body as string);
};

describe('a model with an output named labels (as torchvision exports detectors)', () => {
  test('answers boxes with scores from 0.5 on in the model’s order, in TorchServe’s form', async () => {
    const [body] = bodies(await (await start('three-boxes.onnx')).predict([request(await image(9, 7))]));
    const box = (last: string) => `    "cat": [\n      1.0,\n      2.0,\n      3.0,\n      ${last}\n    ],\n`;
    expect(body).toBe(`[\n  {\n${box('4.0')}    "score": 0.875\n  },\n  {\n${box('4.5')}    "score": 0.5\n  }\n]`);
  });

  test('threshold, nms and limit are read from model-config.yaml', async () => {
    const scores = async (postprocess: string) =>
      (await detect('three-boxes.onnx', `postprocess: ${postprocess}`, 9, 7)).map(
        ({ score }: { score: number }) => score,
      );
    expect(await scores('{ threshold: 0.2 }')).toEqual([0.875, 0.25, 0.5]);
    expect(await scores('{ threshold: 0.2, nms: 0.5 }')).toEqual([0.875, 0.25]);
    expect(await scores('{ threshold: 0.2, limit: 1 }')).toEqual([0.875]);
    expect(await scores('{ threshold: 0.2, background: 2 }')).toEqual([0.875, 0.5]);
    expect(await scores('{ threshold: 0.9 }')).toEqual([]);
  });

  test('boxes are scaled back from the resized image', async () => {
    const [first] = await detect('three-boxes.onnx', 'preprocess: { size: [10, 20] }', 200, 50);
    expect(first.cat).toEqual([10, 10, 30, 20]);
  });
});

describe('a model with scores for every class of every box', () => {
  const config = 'postprocess: { unit: fractions, background: 0 }';

  test('keeps the best of each class’s overlapping boxes, and reads coordinates as fractions of the image', async () => {
    expect(await detect('dense-boxes.onnx', config, 80, 40)).toEqual([
      { cat: [20, 10, 40, 21.25], score: 0.875 },
      { dog: [20, 10, 40, 20], score: 0.75 },
      { cat: [60, 20, 80, 40], score: 0.625 },
    ]);
  });

  test('nms: none keeps every box; without a background the first class counts', async () => {
    expect(await detect('dense-boxes.onnx', 'postprocess: { unit: fractions, nms: none }', 80, 40)).toHaveLength(5);
  });

  test.each([
    ['xywh', [20, 10, 60, 31.25]],
    ['cxcywh', [0, -0.625, 40, 20.625]],
  ])('boxes as %s', async (format, box) => {
    const config = `postprocess: { unit: fractions, background: 0, format: ${format} }`;
    expect((await detect('dense-boxes.onnx', config, 80, 40))[0].cat).toEqual(box);
  });
});

describe('common export layouts, without a setting', () => {
  const CHOSEN = [
    { cat: [16, 12, 24, 28], score: 0.875 },
    { dog: [56, 16, 64, 24], score: 0.5 },
  ];
  const names = { 'index_to_name.json': '{"0":"cat","1":"dog"}' };
  const detectNamed = async (model: string, config?: string) => {
    const runner = await startRunner({ handler: 'object_detector', model, files: names, ...(config && { config }) });
    return JSON.parse(bodies(await runner.predict([request(await image(80, 40))]))[0] as string);
  };

  test.each(['yolo-chosen.onnx', 'yolo-chosen-images.onnx'])('%s: boxes after NMS', async (model) => {
    expect(await detectNamed(model)).toEqual(CHOSEN);
  });

  test('yolo-planes.onnx and yolo-objectness.onnx: the best of each class’s overlapping candidates', async () => {
    const best = [
      { cat: [17, 12, 25, 28], score: 0.875 },
      { dog: [56, 16, 64, 24], score: 0.5 },
    ];
    expect(await detectNamed('yolo-planes.onnx')).toEqual(best);
    expect(await detectNamed('yolo-objectness.onnx')).toEqual(best);
  });

  test('unnamed-boxes.onnx: the integer output is the labels, the other one the scores', async () => {
    const runner = await start('unnamed-boxes.onnx');
    expect(JSON.parse(bodies(await runner.predict([request(await image(9, 7))]))[0] as string)).toEqual([
      { dog: [1, 2, 3, 4], score: 0.75 },
    ]);
  });
});

describe('common export layouts, with their settings', () => {
  test('query-boxes.onnx: a softmax over classes of which the last is "no object", centres as fractions', async () => {
    const config = 'postprocess: { output: logits, background: 2, format: cxcywh, unit: fractions }';
    const [found, ...others] = await detect('query-boxes.onnx', config, 80, 40);
    expect(others).toEqual([]);
    expect(found.score).toBeCloseTo(Math.exp(4) / (Math.exp(4) + 2), 6);
    for (const [at, side] of [16, 12, 24, 28].entries()) expect(found.cat[at]).toBeCloseTo(side, 4);
  });

  test('detection-boxes.onnx: y before x, as fractions', async () => {
    const config = 'postprocess: { format: yxyx, unit: fractions }';
    expect(await detect('detection-boxes.onnx', config, 80, 40)).toEqual([{ dog: [20, 4, 60, 20], score: 0.75 }]);
  });

  test('columns describes a single output', async () => {
    const config = 'postprocess: { columns: [label, score, box], threshold: 6, unit: fractions }';
    expect(await detect('yolo-chosen.onnx', config, 1, 1)).toEqual([
      { 8: [12, 14, 0.875, 0], score: 6 },
      { 28: [32, 12, 0.5, 1], score: 8 },
    ]);
  });

  test.each([
    ['columns: [box]', /score or classes are missing/],
    ['columns: [score, label]', /box is missing/],
    ['columns: [box, score, box]', /a column occurs twice/],
    ['columns: [box, score]', /output "output0" has \d columns, which box, score do not make up/],
  ])('%s is refused at load', async (setting, message) => {
    await expect(start('yolo-chosen.onnx', `postprocess: { ${setting} }`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });
});

test('each image of a batch is answered separately, and an invalid one fails alone', async () => {
  const runner = await start('three-boxes.onnx');
  const response = await runner.predict([request(await image(9, 7)), request('none'), request(await image(5, 5))]);
  expect(response.predictions.map(({ status }) => status)).toEqual([200, 400, 200]);
});

test.each([
  ['a crop', 'three-boxes.onnx', 'preprocess: { crop: 5 }', /crop could remove objects/],
  [
    'an output that is not there',
    'three-boxes.onnx',
    'postprocess: { boxes: box }',
    /postprocess\.boxes is box; .* boxes \[.*, 4\]/,
  ],
  ['a model without boxes', 'channel-means.onnx', '{}', /no output has four numbers for each box/],
])('%s is refused at load', async (_, model, config, message) => {
  await expect(start(model, config)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(message),
  });
});
