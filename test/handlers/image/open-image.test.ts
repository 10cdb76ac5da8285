import { expect, test } from 'vitest';
import { openImage } from '../../../src/handlers/image/open-image.ts';

/** A BMP of two pixels, red and blue. */
function bmp(): Buffer {
  const bytes = Buffer.alloc(62);
  bytes.write('BM');
  bytes.writeUInt32LE(62, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(2, 18);
  bytes.writeInt32LE(1, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.set([0, 0, 255, 255, 0, 0], 54);
  return bytes;
}

test('compressed bytes become pixels in the requested mode and size', async () => {
  expect(Array.from((await openImage(bmp(), {}, true)).data)).toEqual([255, 0, 0, 0, 0, 255]);
  expect(Array.from((await openImage(bmp(), { mode: 'BGR' }, true)).data)).toEqual([0, 0, 255, 255, 0, 0]);
  expect(await openImage(bmp(), { mode: 'L', size: [4, 3] }, true)).toMatchObject({ width: 3, height: 4, channels: 1 });
});

test('bytes that are not an image are refused', async () => {
  await expect(openImage(Buffer.from('text'), {}, true)).rejects.toThrow();
});
