/** How a detector's picture gets into an input of another shape without changing its own, and where its pixels then lie. */
import type { fits } from '../../model/config/image-sections.ts';
import { roundHalfEven } from '../tensor-values.ts';
import type { Pixels } from './pixels.ts';
import type { Size } from './transform.ts';

export interface Fit {
  readonly way: Exclude<(typeof fits)[number], 'stretch'>;
  readonly size: Size;
  /** Sides of a rectangle are multiples of it. */
  readonly stride: number;
  /** Pixel value of what the picture leaves free. */
  readonly pad: number;
  /** Boxes are brought back by the exact scale, as YOLOv5 and YOLOX do it, not by what whole pixels made of it. */
  readonly exact: boolean;
}

/** A point of the picture lies at point x gain + offset of the input. */
export interface Placement {
  readonly gain: { readonly x: number; readonly y: number };
  readonly offset: { readonly x: number; readonly y: number };
}

interface Layout extends Placement {
  readonly canvas: Size;
  /** The picture at its new size. */
  readonly inner: Size;
  readonly left: number;
  readonly top: number;
}

/** Ultralytics' LetterBox and scale_boxes, YOLOv5's, and YOLOX's preproc, with Python's rounding. */
export function placePicture(picture: Size, { way, size, stride, exact }: Fit): Layout {
  const scale = Math.min(size.height / picture.height, size.width / picture.width);
  const round = way === 'corner' ? Math.trunc : roundHalfEven;
  const width = Math.max(1, round(picture.width * scale));
  const height = Math.max(1, round(picture.height * scale));
  const free = { x: size.width - width, y: size.height - height };
  if (way === 'rectangle') {
    free.x %= stride;
    free.y %= stride;
  }
  const canvas = { width: width + free.x, height: height + free.y };
  // The odd pixel goes right and below.
  const left = way === 'corner' ? 0 : roundHalfEven(free.x / 2 - 0.1);
  const top = way === 'corner' ? 0 : roundHalfEven(free.y / 2 - 0.1);
  const inner = { width, height };
  if (!exact) {
    const gain = { x: width / picture.width, y: height / picture.height };
    return { canvas, inner, left, top, gain, offset: { x: left, y: top } };
  }
  const middle = (whole: number, part: number) => (way === 'corner' ? 0 : (whole - part * scale) / 2);
  const offset = { x: middle(canvas.width, picture.width), y: middle(canvas.height, picture.height) };
  return { canvas, inner, left, top, gain: { x: scale, y: scale }, offset };
}

/** The picture at its place, with padding around it. */
export function fitPicture(
  picture: Pixels,
  fit: Fit,
  resize: (image: Pixels, width: number, height: number) => Pixels,
): Pixels {
  const { canvas, inner, left, top } = placePicture(picture, fit);
  const { channels, data } = resize(picture, inner.width, inner.height);
  if (canvas.width === inner.width && canvas.height === inner.height) return { ...canvas, channels, data };
  const out = new Uint8Array(canvas.width * canvas.height * channels).fill(fit.pad);
  const line = inner.width * channels;
  for (let y = 0; y < inner.height; y++)
    out.set(data.subarray(y * line, (y + 1) * line), ((top + y) * canvas.width + left) * channels);
  return { ...canvas, channels, data: out };
}
