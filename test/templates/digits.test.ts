import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import type { InferenceRequest } from '../../src/serve/protocol/messages.ts';
import { createRunner, type Runner } from '../../src/serve/worker/runner.ts';
import { packDigits } from '../support/digits.ts';

const template = join(packageRoot, 'templates', 'digits');
const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

const read = async (file: string) => JSON.parse(await readFile(join(template, file), 'utf8'));

let runner: Runner;
let remove: () => Promise<void>;

beforeAll(async () => {
  const packed = await packDigits();
  remove = packed.remove;
  const load = {
    kind: 'load',
    modelName: 'digits',
    modelPath: packed.folder,
    batchSize: 16,
    handler: 'image_classifier',
    gpuId: -1,
    envelope: '',
    limitMaxImagePixels: true,
  } as const;
  runner = await createRunner(load, { TSMA_DEVICE: 'cpu', TSMA_THREADS: '1' });
});

afterAll(async () => {
  await runner?.close();
  await remove?.();
});

function toRequest(image: Uint8Array, at: number): InferenceRequest {
  return { id: String(at), headers: [], parameters: [{ name: 'body', contentType: 'image/png', value: image }] };
}

/** The most probable digit for each picture, asked in batches. */
async function recognise(images: readonly Uint8Array[]): Promise<number[]> {
  const digits: number[] = [];
  for (let from = 0; from < images.length; from += 16) {
    const { predictions } = await runner.predict(images.slice(from, from + 16).map(toRequest));
    digits.push(...predictions.map(({ body }) => toDigit(JSON.parse(Buffer.from(body).toString('utf8')))));
  }
  return digits;
}

function toDigit(answer: Record<string, number>): number {
  const [best] = Object.entries(answer).sort(([, a], [, b]) => b - a);
  return names.indexOf(best?.[0] ?? '');
}

async function heldOut(): Promise<{ images: Uint8Array[]; digits: number[] }> {
  const { side, tilesPerRow, digits } = await read('held-out.json');
  const sheet = sharp(join(template, 'held-out.png'));
  const images = Array.from(digits as string, (_, at) => {
    const region = {
      left: (at % tilesPerRow) * side,
      top: Math.floor(at / tilesPerRow) * side,
      width: side,
      height: side,
    };
    return sheet.clone().extract(region).png().toBuffer();
  });
  return { images: await Promise.all(images), digits: Array.from(digits as string, Number) };
}

async function samples(): Promise<{ images: Buffer[]; digits: number[] }> {
  const files = (await readdir(join(template, 'samples'))).sort();
  return {
    images: await Promise.all(files.map((file) => readFile(join(template, 'samples', file)))),
    digits: files.map((file) => Number(file[0])),
  };
}

describe('the digits template, packed and run by image_classifier', () => {
  test('recognises as many held-out drawings as it claims, and its README gives that number', async () => {
    const { images, digits } = await heldOut();
    const recognised = await recognise(images);
    const right = recognised.filter((digit, at) => digit === digits[at]).length;
    const stated = await read('accuracy.json');
    expect({ heldOut: digits.length, right }).toEqual({ heldOut: stated.heldOut, right: stated.right });
    expect(stated.accuracy).toBeCloseTo(right / digits.length, 4);
    expect(await readFile(join(template, 'README.md'), 'utf8')).toContain(`${right} of ${digits.length} right`);
  });

  test('recognises every sample, white on black and black on white', async () => {
    const { images, digits } = await samples();
    expect(new Set(digits).size).toBe(10);
    expect(await recognise(images)).toEqual(digits);
    const negatives = await Promise.all(images.map((image) => sharp(image).negate({ alpha: false }).png().toBuffer()));
    expect(await recognise(negatives)).toEqual(digits);
  });

  test('recognises a sample that is larger, in colour, and a JPEG', async () => {
    const { images, digits } = await samples();
    const photos = images.map((image) =>
      sharp(image).resize(224, 224, { kernel: 'cubic' }).toColourspace('srgb').jpeg().toBuffer(),
    );
    expect(await recognise(await Promise.all(photos))).toEqual(digits);
  });

  test('answers labels with descending probabilities that add up to at most one', async () => {
    const { images } = await samples();
    const { predictions } = await runner.predict([toRequest(images[0] as Buffer, 0)]);
    const answer: Record<string, number> = JSON.parse(Buffer.from(predictions[0]?.body ?? []).toString('utf8'));
    const shares = Object.values(answer);
    expect(Object.keys(answer).every((label) => names.includes(label))).toBe(true);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1.000001);
  });
});

test('the samples are drawings of the held-out sheet, which the training never used', async () => {
  const { images } = await heldOut();
  const pixels = (image: Uint8Array) =>
    sharp(image)
      .toColourspace('b-w')
      .raw()
      .toBuffer()
      .then((raw) => raw.toString('latin1'));
  const known = new Set(await Promise.all(images.map(pixels)));
  for (const image of (await samples()).images) expect(known).toContain(await pixels(image));
});
