import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { decodeImage } from '../../../../src/handlers/image/decode/decode.ts';

const fixture = (name: string) => readFileSync(join(packageRoot, 'test', 'fixtures', 'images', name));

/** A PNG whose header claims a size and whose data is not there: only the claim is read before it is refused. */
function hugePng(width: number, height: number): Buffer {
  const png = Buffer.from(fixture('one-pixel.png'));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

test('decodeImage refuses bytes that are not an image as the client’s mistake, with their count', async () => {
  await expect(decodeImage(Buffer.from('not an image'))).rejects.toMatchObject({
    name: 'PredictionError',
    status: 400,
  });
  await expect(decodeImage(Buffer.from('not an image'))).rejects.toThrow('12 bytes');
  await expect(decodeImage(new Uint8Array())).rejects.toThrow('empty body');
});

test('decodeImage refuses a truncated photograph, as Pillow does', async () => {
  const whole = fixture('large.jpg');
  await expect(decodeImage(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({ status: 400 });
});

test('decodeImage refuses more pixels than Pillow does, before decoding them', async () => {
  await expect(decodeImage(hugePng(20_000, 20_000))).rejects.toThrow(/pixel limit/);
});

test('decodeImage does not read SVG, which can refer to other files', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>',
  );
  await expect(decodeImage(svg)).rejects.toMatchObject({ status: 400 });
});

/** Seen once, never again: the first ten images of a process came out with no pixels. Each must have them all, or say that it has not. */
test('images decoded in parallel by the first calls in a process are complete', () => {
  const script = `
    const { openImage } = await import(${JSON.stringify(pathToFileURL(join(packageRoot, 'dist/handlers/image/open-image.js')).href)});
    const bytes = (await import('node:fs')).readFileSync(${JSON.stringify(join(packageRoot, 'test/fixtures/images/gray.png'))});
    const open = () => openImage(bytes, { mode: 'L', size: [28, 28] }, true);
    const images = await Promise.all(Array.from({ length: 10 }, open));
    globalThis.gc();
    console.log(JSON.stringify(images.map(({ data }) => [data.length, data.some((value) => value > 0)])));`;
  const args = ['--expose-gc', '--input-type=module', '-e', script];
  const answer = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  expect(answer).toEqual(Array(10).fill([28 * 28, true]));
});
