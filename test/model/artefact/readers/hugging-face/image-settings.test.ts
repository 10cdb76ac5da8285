import { expect, test } from 'vitest';
import {
  readImageSettings,
  readTimmSettings,
} from '../../../../../src/model/artefact/readers/hugging-face/image-settings.ts';

const scale = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };

test.each([
  ['a size as one number', { size: 224, ...scale }, { size: [224, 224] }],
  [
    'the shortest edge and a crop',
    { size: { shortest_edge: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 }, ...scale },
    { resize: 256, crop: [224, 224] },
  ],
  [
    'a share that is cut',
    { size: { shortest_edge: 224 }, crop_pct: 0.875, ...scale },
    { resize: 256, crop: [224, 224] },
  ],
  [
    'a share of a large picture is not cut',
    { size: { shortest_edge: 384 }, crop_pct: 0.875, ...scale },
    { size: [384, 384] },
  ],
  ['no normalising', { size: 8, do_normalize: false, ...scale }, { size: [8, 8], mean: 0, std: 1 }],
  ['no rescaling', { size: 8, do_rescale: false, ...scale }, { size: [8, 8], range: [0, 255] }],
  ['a factor of its own', { size: 8, rescale_factor: 1 / 127.5, ...scale }, { size: [8, 8], range: [0, 2] }],
])('%s', (_, document, expected) => {
  expect(readImageSettings(document)?.preprocess).toMatchObject(expected);
});

test.each([
  ['no size', scale],
  ['no resizing', { do_resize: false, size: 224, ...scale }],
  [
    'a crop of another size behind an exact one',
    { size: { height: 256, width: 256 }, do_center_crop: true, crop_size: 224, ...scale },
  ],
  ['a size of another type', { size: 'large', ...scale }],
  ['no document', undefined],
])('%s is nothing that image_classifier does', (_, document) => {
  expect(readImageSettings(document)).toBeUndefined();
});

test('another filter is noted', () => {
  expect(readImageSettings({ size: 224, resample: 3, ...scale })?.notes.join()).toContain('resample 3');
  const timm = { input_size: [3, 224, 224], mean: [0, 0, 0], std: [1, 1, 1], interpolation: 'bicubic' };
  expect(readTimmSettings(timm)?.notes.join()).toContain('bicubic');
});
