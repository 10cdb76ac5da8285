/** 8-bit pixels, interleaved, rows from the top. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1 = gray, 3 = colour. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Modes an image can be brought to, in Pillow's words; BGR is RGB with the channels swapped. */
export const imageModes = ['RGB', 'BGR', 'L'] as const;
export type ImageMode = (typeof imageModes)[number];
