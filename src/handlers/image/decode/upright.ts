import type { DecodedImage } from './decoded-image.ts';

/** From each pixel of the upright picture to one of the stored: the first, and the steps to the right and down. */
interface Walk {
  readonly x: number;
  readonly y: number;
  readonly right: readonly [x: number, y: number];
  readonly down: readonly [x: number, y: number];
}

/** EXIF's eight orientations: where the upright picture's first pixel lies in the stored one, as 0 or 1 of its sides. */
const walks: Readonly<Record<number, Walk>> = {
  2: { x: 1, y: 0, right: [-1, 0], down: [0, 1] },
  3: { x: 1, y: 1, right: [-1, 0], down: [0, -1] },
  4: { x: 0, y: 1, right: [1, 0], down: [0, -1] },
  5: { x: 0, y: 0, right: [0, 1], down: [1, 0] },
  6: { x: 0, y: 1, right: [0, -1], down: [1, 0] },
  7: { x: 1, y: 1, right: [0, -1], down: [-1, 0] },
  8: { x: 1, y: 0, right: [0, 1], down: [-1, 0] },
};

/** The picture as it is to be shown; as it is stored where the orientation says nothing. */
export function turnUpright(image: DecodedImage, orientation: number): DecodedImage {
  const walk = walks[orientation];
  if (walk === undefined) return image;
  const { width, height, channels, data } = image;
  const isTurned = walk.right[0] === 0;
  const [newWidth, newHeight] = isTurned ? [height, width] : [width, height];
  const stepOf = ([x, y]: Walk['right']) => (y * width + x) * channels;
  const [right, down] = [stepOf(walk.right), stepOf(walk.down)];
  const start = (walk.y * (height - 1) * width + walk.x * (width - 1)) * channels;
  const out = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < newHeight; y++)
    for (let x = 0, from = start + y * down; x < newWidth; x++, from += right)
      for (let channel = 0; channel < channels; channel++) out[to++] = data[from + channel] ?? 0;
  return { ...image, width: newWidth, height: newHeight, data: out };
}
