/** The image of the handler contract is the one this room computes with. */
export type { Image as Pixels } from '../sdk.ts';

/** Modes an image can be brought to, in Pillow's words; BGR is RGB with the channels swapped. */
export const imageModes = ['RGB', 'BGR', 'L'] as const;
export type ImageMode = (typeof imageModes)[number];
