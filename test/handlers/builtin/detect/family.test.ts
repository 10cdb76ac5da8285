import { expect, test } from 'vitest';
import { readExportNotes } from '../../../../src/handlers/builtin/detect/export-notes.ts';
import { recogniseFamily } from '../../../../src/handlers/builtin/detect/family.ts';
import { planDetector } from '../../../../src/handlers/builtin/detect/plan-detector.ts';
import { pictureOf } from '../../../../src/handlers/builtin/detect/side-inputs.ts';
import type { TensorSpec } from '../../../../src/handlers/sdk.ts';

type Shape = readonly (number | null)[];
const specs = (shapes: Readonly<Record<string, Shape>>): TensorSpec[] =>
  Object.entries(shapes).map(([name, shape]) => ({ name, dtype: 'float32', shape }));

const notes = { names: "{0: 'a', 1: 'b'}", stride: '32' };

const picture = { images: [1, 3, 640, 640] };
test.each<[string, Record<string, Shape>, Record<string, Shape>, Record<string, string>, string]>([
  [
    'YOLOv8 with its notes',
    picture,
    { output0: [1, 6, 8400] },
    { ...notes, task: 'detect', imgsz: '[640, 640]' },
    'ultralytics',
  ],
  ['YOLOv8 without notes', picture, { output0: [1, 84, 8400] }, {}, 'ultralytics'],
  ['YOLOv8 turned, without notes', picture, { output0: [1, 8400, 84] }, {}, 'ultralytics'],
  ['YOLOv5 with its notes', picture, { output0: [1, 25200, 7] }, notes, 'yolov5'],
  ['YOLOv5 or v7 without notes', picture, { output: [1, 25200, 85] }, {}, 'yolov5'],
  ['YOLOX', { images: [1, 3, 416, 416] }, { output: [1, 3549, 85] }, {}, 'yolox'],
  ['YOLOX with a fourth grid', { images: [1, 3, 640, 640] }, { output: [1, 8500, 85] }, {}, 'yolox'],
  [
    'RT-DETR of Hugging Face',
    { pixel_values: [null, 3, 640, 640] },
    { logits: [null, 300, 80], pred_boxes: [null, 300, 4] },
    {},
    'rt-detr',
  ],
  [
    'RT-DETR with sizes',
    { images: [null, 3, 640, 640], orig_target_sizes: [null, 2] },
    { labels: [null, 300], boxes: [null, 300, 4], scores: [null, 300] },
    {},
    'rt-detr',
  ],
  [
    'DETR',
    { pixel_values: [null, 3, null, null], pixel_mask: [null, 64, 64] },
    { logits: [null, 100, 92], pred_boxes: [null, 100, 4] },
    {},
    'detr',
  ],
  [
    'DETR with free queries',
    { pixel_values: [null, 3, null, null] },
    { logits: [null, null, 92], pred_boxes: [null, null, 4] },
    {},
    'detr',
  ],
  [
    'YOLOS',
    { pixel_values: [null, 3, null, null] },
    { logits: [null, 100, 12], pred_boxes: [null, 100, 4] },
    {},
    'detr',
  ],
  [
    'SSD of the ONNX zoo',
    { image: [1, 3, 1200, 1200] },
    { bboxes: [1, null, 4], labels: [1, null], scores: [1, null] },
    {},
    'ssd',
  ],
  [
    'TensorFlow',
    { 'image_tensor:0': [1, null, null, 3] },
    { 'detection_boxes:0': [1, null, 4], 'detection_scores:0': [1, null], 'detection_classes:0': [1, null] },
    {},
    'tensorflow',
  ],
  ['torchvision', { image: [3, null, null] }, { boxes: [null, 4], labels: [null], scores: [null] }, {}, 'torchvision'],
  ['anything else of one output', picture, { output: [1, 7, 99] }, {}, 'torchvision'],
])('%s', (_, takes, gives, metadata, family) => {
  const inputs = specs(takes);
  const [image] = inputs;
  if (image === undefined) throw new Error('a model takes something');
  expect(pictureOf(inputs)).toBe(image);
  const found = recogniseFamily({ image, inputs, outputs: specs(gives), notes: readExportNotes(metadata) });
  expect(found.family).toBe(family);
  expect(found.why).not.toBe('');
});

test('notes are read as Python writes them, and what cannot be read is as if it were not there', () => {
  const read = readExportNotes({ names: "{0: 'it\\'s', 2: \"b\"}", stride: '32', imgsz: '[320, 640]', task: 'detect' });
  expect(read).toMatchObject({ size: { height: 320, width: 640 }, stride: 32, isUltralytics: true, isRtDetr: false });
  expect([...(read?.names ?? [])]).toEqual([
    [0, "it's"],
    [2, 'b'],
  ]);
  expect(readExportNotes({ names: 'os.system("x")', stride: '32', imgsz: '640' })).toMatchObject({
    size: { height: 640, width: 640 },
    names: new Map(),
  });
  expect(readExportNotes({ names: '["a"]', stride: '-1' })).toBeUndefined();
  expect(readExportNotes({ names: '["a"]', stride: '1e3' })).toBeUndefined();
  expect(readExportNotes({ producer: 'x' })).toBeUndefined();
});

test.each([
  ['turned boxes', { task: 'obb' }, [1, 7, 8400], /task obb/],
  ['classes alone', { task: 'classify' }, [1, 1000], /task classify/],
  ['fewer columns than classes', { task: 'detect' }, [1, 5, 8400], /5 columns, which box, classes do not make up/],
])('%s are refused, not answered wrongly', (_, metadata, shape, message) => {
  const model = {
    inputs: specs(picture),
    outputs: specs({ output0: shape }),
    run: () => Promise.reject(new Error('not asked')),
  };
  const facts = { manifest: {}, modelConfig: {}, model, metadata: { ...notes, imgsz: '[640, 640]', ...metadata } };
  expect(() => planDetector(facts)).toThrow(message);
});
