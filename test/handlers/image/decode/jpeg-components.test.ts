import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { jpegComponents } from '../../../../src/handlers/image/decode/jpeg-components.ts';

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'images', name));

test.each([
  ['baseline.jpg', 3],
  ['progressive.jpg', 3],
  ['gray.jpg', 1],
  ['cmyk.jpg', 4],
  ['exif-rotated.jpg', 3],
  ['icc.jpg', 3],
  ['rgb.png', undefined],
  ['cmyk.tif', undefined],
])('jpegComponents of %s is %s', (name, components) => {
  expect(jpegComponents(fixture(name))).toBe(components);
});

test('fill bytes may stand before a marker', () => {
  const jpeg = fixture('cmyk.jpg');
  const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(5, 0xff), jpeg.subarray(2)]);
  expect(jpegComponents(filled)).toBe(4);
});

test('jpegComponents of a file that ends before its frame header is undefined, whatever its length', () => {
  const jpeg = fixture('baseline.jpg');
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  for (let length = 0; length < frame + 4; length++) expect(jpegComponents(jpeg.subarray(0, length))).toBeUndefined();
});
