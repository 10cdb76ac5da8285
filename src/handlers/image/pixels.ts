/** The image of the handler contract is the one this room computes with. */
export type { Image as Pixels } from '../sdk.ts';
