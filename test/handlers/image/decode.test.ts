import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { decodeImage } from '../../../src/handlers/image/decode.ts';

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'images', name));

/** A PNG whose header claims a size and whose data is not there: only the claim is read before it is refused. */
function hugePng(width: number, height: number): Buffer {
  const png = Buffer.from(fixture('one-pixel.png'));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

test('decodeImage refuses bytes that are no image as the client’s mistake, saying how many came', async () => {
  await expect(decodeImage(Buffer.from('not an image'))).rejects.toMatchObject({
    name: 'PredictionError',
    status: 400,
  });
  await expect(decodeImage(Buffer.from('not an image'))).rejects.toThrow('12 bytes');
  await expect(decodeImage(new Uint8Array())).rejects.toThrow('empty body');
});

test('decodeImage refuses a photograph cut off in the middle, as Pillow does', async () => {
  const whole = fixture('large.jpg');
  await expect(decodeImage(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({ status: 400 });
});

test('decodeImage refuses more pixels than Pillow would decode, before decoding them', async () => {
  await expect(decodeImage(hugePng(20_000, 20_000))).rejects.toThrow(/pixel limit/);
});

test('decodeImage does not read SVG, which can name other files', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>',
  );
  await expect(decodeImage(svg)).rejects.toMatchObject({ status: 400 });
});
