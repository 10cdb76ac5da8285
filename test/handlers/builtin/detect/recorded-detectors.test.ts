/** Detectors as they are exported, without a setting, against the reference pipelines: test/fixtures/detectors/make_detectors.py records those. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { planDetector } from '../../../../src/handlers/builtin/detect/plan-detector.ts';
import { readImage } from '../../../../src/handlers/builtin/image/read-image.ts';
import { readLoadFacts } from '../../../../src/handlers/builtin/load-facts.ts';
import { bytesOf, isNumbers } from '../../../../src/handlers/tensor-values.ts';
import { openModelFolder } from '../../../../src/model/model-folder.ts';
import { bodies, modelFolder, request, startRunner } from '../../../serve/worker/model-folder.ts';

interface Recorded {
  readonly model: string;
  readonly picture: string;
  readonly shape: readonly number[];
  /** SHA-256 of the model's input. */
  readonly tensor: string;
  readonly found: readonly (readonly [label: number, score: number, ...box: number[]])[];
}

const fixtures = join(packageRoot, 'test', 'fixtures');
const { recorded } = JSON.parse(readFileSync(join(fixtures, 'detectors', 'expected.json'), 'utf8')) as {
  recorded: Recorded[];
};
const models = [...new Set(recorded.map(({ model }) => model))].map(
  (model) => [model, recorded.filter((one) => one.model === model)] as const,
);
const pictureOf = (name: string) => readFileSync(join(fixtures, 'images', name));

const names = ['person', "cat's paw", 'dog'];
/** Models whose file names the classes. */
const named = /^(?:yolov8|yolov5|yolo26|rt-detr-ultralytics)/;
/** Pixels: what is recorded has three digits. */
const NEAR = 0.01;

describe.each(models)('%s', (model, pictures) => {
  test('the input is that of the reference, bit for bit', async () => {
    const folder = await modelFolder({ handler: 'object_detector', model: `../detectors/${model}.onnx` });
    const facts = await readLoadFacts(await openModelFolder(folder));
    if (facts === undefined) throw new Error('the model has no facts');
    const plan = planDetector(facts);
    for (const { picture, shape, tensor } of pictures) {
      const { tensor: ours } = await readImage({ body: pictureOf(picture) }, plan.image, true);
      const bytes = isNumbers(ours.data) ? bytesOf(ours.data) : new Uint8Array();
      const digest = createHash('sha256').update(bytes).digest('hex');
      expect([picture, [1, ...ours.shape], digest]).toEqual([picture, shape, tensor]);
    }
  });

  test('the boxes are those of the reference, in pixels of the picture', async () => {
    const runner = await startRunner({ handler: 'object_detector', model: `../detectors/${model}.onnx` });
    for (const { picture, found } of pictures) {
      const [body] = bodies(await runner.predict([request(pictureOf(picture))]));
      const answers: Record<string, number | number[]>[] = JSON.parse(body ?? '');
      const nameOf = (label: number) => (named.test(model) ? names[label] : String(label));
      expect(answers.map((answer) => Object.keys(answer)[0])).toEqual(found.map(([label]) => nameOf(label)));
      for (const [at, [label, score, ...box]] of found.entries()) {
        expect(answers[at]?.score).toBeCloseTo(score, 4);
        const ours = [answers[at]?.[nameOf(label) ?? '']].flat();
        for (const [side, value] of box.entries()) expect(Math.abs(Number(ours[side]) - value)).toBeLessThan(NEAR);
      }
    }
  });
});

test('a setting of model-config.yaml goes before the family’s, which describe names', async () => {
  const config = 'postprocess: { threshold: 0.9, limit: 1 }\npreprocess: { pad: 0 }';
  const runner = await startRunner({ handler: 'object_detector', model: '../detectors/yolov8.onnx', config });
  const [body = ''] = bodies(await runner.predict([request(pictureOf('baseline.jpg'))]));
  expect(JSON.parse(body)).toEqual([]);
  const [described = ''] = bodies(await runner.predict([request('', { headers: { describe: 'True' } })]));
  expect(JSON.parse(described)).toMatchObject({
    family: 'ultralytics',
    recognisedBy: expect.stringContaining('metadata'),
    preprocess: { fit: 'letterbox', pad: 0, size: { height: 48, width: 64 } },
    postprocess: { threshold: 0.9, nms: 0.7, limit: 1 },
  });
  expect(runner.logged.join()).toMatch(/family ultralytics/);
});

test('a family that is named is not recognised', async () => {
  const config = 'postprocess: { family: torchvision, threshold: 0.3 }';
  const folder = await modelFolder({ handler: 'object_detector', model: '../detectors/yolov8.onnx', config });
  const facts = await readLoadFacts(await openModelFolder(folder));
  if (facts === undefined) throw new Error('the model has no facts');
  const { recognised, image, detect } = planDetector(facts);
  expect([recognised.family, image.fit, detect.options.threshold]).toEqual(['torchvision', undefined, 0.3]);
});

test('pictures of one batch are answered each as if it were alone', async () => {
  const runner = await startRunner({ handler: 'object_detector', model: '../detectors/yolov8-free.onnx' });
  const pictures = ['tall.png', 'wide.png', 'large.jpg'].map(pictureOf);
  const together = bodies(await runner.predict(pictures.map((picture) => request(picture))));
  for (const [at, picture] of pictures.entries())
    expect(bodies(await runner.predict([request(picture)]))).toEqual([together[at]]);
});
