import type { Image, ImageOptions } from '../sdk.ts';
import { toMode } from './convert.ts';
import { decodeImage } from './decode/decode.ts';
import { resizePillow } from './resize.ts';

/** `HandlerContext.decodeImage`: compressed bytes → pixels in the requested mode and size. */
export async function openImage(
  bytes: Uint8Array,
  { mode = 'RGB', size }: ImageOptions,
  limitPixels: boolean,
): Promise<Image> {
  const image = toMode(await decodeImage(bytes, limitPixels), mode);
  return size === undefined ? image : resizePillow(image, size[1], size[0]);
}
