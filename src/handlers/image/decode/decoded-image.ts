/** As it lies in the file, but for palettes and 16 bits, which are resolved. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly space: 'rgb' | 'cmyk';
  /** Interleaved: 3 or 4 for rgb (the fourth is alpha), 4 or more for cmyk. Gray images have three equal channels. */
  readonly channels: number;
  readonly data: Uint8Array;
}
