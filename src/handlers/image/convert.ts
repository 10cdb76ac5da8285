/** Pillow's `Image.convert` between the supported modes, in its integer arithmetic (Pillow, libImaging/Convert.c). */

import type { ImageMode } from '../../model/config/image-sections.ts';
import type { DecodedImage } from './decode/decoded-image.ts';
import { viewOf } from './decode/view.ts';
import type { Pixels } from './pixels.ts';

/** Alpha is dropped, not blended, as in Pillow. */
export function toMode(image: DecodedImage, mode: ImageMode): Pixels {
  const { width, height } = image;
  const rgb = image.space === 'cmyk' ? cmykToRgb(image) : dropAlpha(image);
  if (mode === 'L') return { width, height, channels: 1, data: rgbToGray(rgb) };
  return { width, height, channels: 3, data: mode === 'BGR' ? swapRedAndBlue(rgb) : rgb };
}

function dropAlpha({ data, channels }: DecodedImage): Uint8Array {
  if (channels === 3) return data;
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  const source = viewOf(data);
  for (let pixel = 0, from = 0, to = 0; pixel < count; pixel++, from += channels, to += 3) {
    rgb[to] = source.getUint8(from);
    rgb[to + 1] = source.getUint8(from + 1);
    rgb[to + 2] = source.getUint8(from + 2);
  }
  return rgb;
}

/** Without a colour profile: each ink reduces what black leaves. */
function cmykToRgb({ data, channels }: DecodedImage): Uint8Array {
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  const inks = viewOf(data);
  for (let pixel = 0, from = 0, to = 0; pixel < count; pixel++, from += channels, to += 3) {
    const light = 255 - inks.getUint8(from + 3);
    rgb[to] = light - divide255(inks.getUint8(from) * light);
    rgb[to + 1] = light - divide255(inks.getUint8(from + 1) * light);
    rgb[to + 2] = light - divide255(inks.getUint8(from + 2) * light);
  }
  return rgb;
}

/** `value / 255` rounded, for 0 ≤ value ≤ 255 x 255, without a division. */
function divide255(value: number): number {
  const rounded = value + 128;
  return ((rounded >> 8) + rounded) >> 8;
}

/** ITU-R 601 luma in 16-bit fixed point. */
function rgbToGray(rgb: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3);
  const source = viewOf(rgb);
  for (let to = 0, from = 0; to < gray.length; to++, from += 3) {
    const red = source.getUint8(from);
    const green = source.getUint8(from + 1);
    const blue = source.getUint8(from + 2);
    gray[to] = (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
  }
  return gray;
}

function swapRedAndBlue(rgb: Uint8Array): Uint8Array {
  const bgr = new Uint8Array(rgb.length);
  const source = viewOf(rgb);
  for (let at = 0; at < rgb.length; at += 3) {
    bgr[at] = source.getUint8(at + 2);
    bgr[at + 1] = source.getUint8(at + 1);
    bgr[at + 2] = source.getUint8(at);
  }
  return bgr;
}
