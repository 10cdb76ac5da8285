import { expect, test } from 'vitest';
import { toMode } from '../../../src/handlers/image/convert.ts';

const rgb = { width: 1, height: 1, channels: 3, space: 'rgb', data: Uint8Array.of(255, 128, 0) } as const;
type Image = Parameters<typeof toMode>[0];

test('red and blue are swapped, gray is Pillow’s luma', () => {
  expect(Array.from(toMode(rgb as Image, 'RGB').data)).toEqual([255, 128, 0]);
  expect(Array.from(toMode(rgb as Image, 'BGR').data)).toEqual([0, 128, 255]);
  expect(toMode(rgb as Image, 'L')).toMatchObject({ channels: 1, data: Uint8Array.of(151) });
});

test('alpha is dropped, not blended', () => {
  const image = { ...rgb, channels: 4, data: Uint8Array.of(10, 20, 30, 0) } as Image;
  expect(Array.from(toMode(image, 'RGB').data)).toEqual([10, 20, 30]);
});

test('CMYK becomes RGB: each ink reduces what black leaves', () => {
  const image = { ...rgb, channels: 4, space: 'cmyk', data: Uint8Array.of(255, 0, 0, 55) } as Image;
  expect(Array.from(toMode(image, 'RGB').data)).toEqual([0, 200, 200]);
});
