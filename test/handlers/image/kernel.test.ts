import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import { imageKernel } from '../../../src/handlers/image/kernel.ts';

test('the module is assembled from kernel.wat (npm run image-kernel writes it)', async () => {
  const script = join(packageRoot, 'scripts', 'image-kernel.js');
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toMatchObject({ stderr: '' });
});

test('lookUp replaces every second byte by its table value', () => {
  const { bytes, floats, lookUp } = imageKernel(4096);
  for (let value = 0; value < 256; value++) floats[64 + value] = value / 2;
  bytes.set([3, 99, 5, 99, 7, 99], 0);
  lookUp(0, 6, 2, 256, 2048);
  expect([...floats.subarray(512, 515)]).toEqual([1.5, 2.5, 3.5]);
});

test('down sums rows with weights of 22 bits, rounds and clips as Pillow', () => {
  const { bytes, integers, down } = imageKernel(4096);
  bytes.fill(0, 0, 64);
  bytes.set([10, 200, 255], 0);
  bytes.set([20, 100, 255], 16);
  integers[64] = 1 << 21;
  integers[65] = 1 << 22;
  down(0, 16, 256, 264, 1024, 1027);
  expect([...bytes.subarray(1024, 1027)]).toEqual([25, 200, 255]);
});

test('a large image gets its own memory, which is released', () => {
  expect(imageKernel(64 * 1024 ** 2)).not.toBe(imageKernel(1));
  expect(imageKernel(1)).toBe(imageKernel(2));
});
