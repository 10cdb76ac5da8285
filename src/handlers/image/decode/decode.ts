/**
 * Compressed image → 8-bit channels as Pillow's decoders give them: no EXIF rotation, no ICC conversion, first frame only.
 * The only file that imports sharp. Measured equal to Pillow 9.4 bit for bit on JPEG (baseline, progressive, every subsampling,
 * arithmetic coding, CMYK), PNG (1 to 16 bits, palette, alpha), WebP, GIF and TIFF; except 16-bit gray, where Pillow saturates and this takes the high byte.
 */

import { availableParallelism } from 'node:os';
import type { Sharp } from 'sharp';
import { describeError, ToolError } from '../../../core/errors.ts';
import { optionalPackages } from '../../../core/package-info.ts';
import { PredictionError } from '../../sdk.ts';
import { decodeBmp, isBmp } from './bmp.ts';
import type { DecodedImage } from './decoded-image.ts';
import { isGif, paintBackdrop } from './gif-backdrop.ts';
import { jpegComponents } from './jpeg-components.ts';
import { decodeSmallPng } from './small-png.ts';
import { createTurns } from './turns.ts';
import { turnUpright } from './upright.ts';

/** Twice Pillow's MAX_IMAGE_PIXELS (a quarter of a GiB of 24-bit pixels), where it raises DecompressionBombError. */
const MAX_PIXELS = 2 * Math.floor(1024 ** 3 / 4 / 3);

/** libvips' names of its decoders. */
const formats = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff'] as const;

/**
 * One core is left to the thread that runs the model. More images at once would take it from that thread, and the one that is
 * wanted next would be ready last: on two cores a tenth fewer photographs a second.
 */
const inTurn = createTurns(Math.max(1, availableParallelism() - 1));

type SharpModule = typeof import('sharp').default;

let loading: Promise<SharpModule> | undefined;

function loadSharp(): Promise<SharpModule> {
  loading ??= importSharp();
  return loading;
}

async function importSharp(): Promise<SharpModule> {
  try {
    const { default: sharp } = await import('sharp');
    // A worker handles one image at a time; its parallelism is the number of workers.
    sharp.concurrency(1);
    sharp.cache(false);
    // Everything a client sends is hostile: only raster formats are parsed at all. SVG could name other files.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: formats.map((format) => `VipsForeignLoad${format}`) });
    return sharp;
  } catch (cause) {
    loading = undefined;
    throw new ToolError('PACKAGE_MISSING', optionalPackages.sharp, { cause });
  }
}

/** Loads sharp ahead of the first request; throws PACKAGE_MISSING. */
export async function prepareDecoder(): Promise<void> {
  await loadSharp();
}

/** Throws a PredictionError (400) for bytes that are no image, damaged, or larger than the limit. `limitPixels` off lifts the limit. `upright` turns it as its EXIF says. */
export async function decodeImage(bytes: Uint8Array, limitPixels = true, upright = false): Promise<DecodedImage> {
  if (isBmp(bytes)) return decodeBmp(bytes, limitPixels ? MAX_PIXELS : Infinity);
  const small = decodeSmallPng(bytes);
  if (small !== undefined) return small;
  const sharp = await loadSharp();
  if (bytes.length === 0) throw new PredictionError('Expected an image, got an empty body.', 400);
  try {
    const image = sharp(bytes, {
      ignoreIcc: true,
      failOn: 'error',
      limitInputPixels: limitPixels ? MAX_PIXELS : false,
    });
    return await inTurn(() => decode(image, bytes, upright));
  } catch (error) {
    if (error instanceof DecoderFault) throw error;
    throw new PredictionError(
      `The ${bytes.length} bytes in the request are not a readable image: ${describeError(error)}.`,
      400,
    );
  }
}

/** The decoder broke its own promise: not the client's mistake. */
class DecoderFault extends Error {
  override readonly name = 'DecoderFault';
}

/** JPEG and TIFF are the only ones of the formats with inks. A JPEG's own header says it; asking the decoder costs a tenth of a photograph's decoding. */
async function isCmyk(image: Sharp, bytes: Uint8Array): Promise<boolean> {
  const components = jpegComponents(bytes);
  if (components !== undefined) return components === 4;
  const [first, second] = bytes;
  const isTiff = first === second && (first === 0x49 || first === 0x4d);
  return isTiff && (await image.metadata()).space === 'cmyk';
}

async function decode(image: Sharp, bytes: Uint8Array, upright: boolean): Promise<DecodedImage> {
  const cmyk = await isCmyk(image, bytes);
  const raw = cmyk ? image.pipelineColourspace('cmyk').toColourspace('cmyk') : image;
  // A view of the decoder's own memory: copying it into the heap would cost a millisecond a photograph.
  const { data, info } = await raw.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (data.length !== width * height * channels) {
    throw new DecoderFault(`sharp gave ${data.length} bytes for ${width} x ${height} x ${channels} pixels`);
  }
  const decoded: DecodedImage = { width, height, space: cmyk ? 'cmyk' : 'rgb', channels, data };
  if (isGif(bytes)) paintBackdrop(decoded, bytes);
  return upright ? turnUpright(decoded, (await image.metadata()).orientation ?? 1) : decoded;
}
