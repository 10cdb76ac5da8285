import type { ByteSource } from '../../core/byte-source.ts';

/** Small members are close together: one window then holds hundreds of headers. */
const WINDOW_BYTES = 64 * 1024;
/** After a large member a window would be read for one header. */
const SINGLE_BYTES = 1024;

/** The same source for many small ascending reads: neighbouring bytes come from one system call. */
export function readAhead(source: ByteSource): ByteSource {
  let start = 0;
  let window: Uint8Array = new Uint8Array(0);
  return {
    ...source,
    async read(offset, length) {
      if (offset < start || offset + length > start + window.length) {
        const near = offset - (start + window.length) < WINDOW_BYTES;
        const wanted = Math.max(length, near ? WINDOW_BYTES : SINGLE_BYTES);
        window = await source.read(offset, Math.min(wanted, Math.max(length, source.size - offset)));
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
  };
}
