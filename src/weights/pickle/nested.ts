import { HIGHEST_PROTOCOL } from './opcodes.ts';
import type { Bytes } from './values.ts';

/** A larger pickle inside a pickle is not searched. */
const MAX_NESTED_BYTES = 1024 ** 2;
/** PROTO 2, BINUNICODE of an empty text, STOP: a shorter pickle cannot name anything. */
const MIN_NESTED_BYTES = 8;

/** The bytes in a value if they may be a pickle of protocol 2 or later: raw, as Latin-1 text, in hex or in base64. */
export function nestedBytes(value: string | Bytes): Uint8Array | undefined {
  if (typeof value !== 'string') return value.bytes && isPickle(value.bytes) ? value.bytes : undefined;
  return candidates(value).find(isPickle);
}

/** A cheap check, done for every text and bytes value. */
export function looksLikePickle(value: string | Bytes): boolean {
  if (value.length < MIN_NESTED_BYTES) return false;
  if (typeof value !== 'string') return value.bytes?.[0] === 0x80;
  return value.startsWith('\x80') || value.startsWith('800') || value.startsWith('gA');
}

function candidates(text: string): Uint8Array[] {
  if (text.startsWith('\x80')) return [Buffer.from(text, 'latin1')];
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) return [Buffer.from(text, 'hex')];
  if (/^[A-Za-z0-9+/_\-\r\n]+={0,2}\s*$/.test(text)) return [Buffer.from(text, 'base64')];
  return [];
}

function isPickle(bytes: Uint8Array): boolean {
  const [proto, version = 0] = bytes;
  return (
    proto === 0x80 &&
    version >= 2 &&
    version <= HIGHEST_PROTOCOL &&
    bytes.at(-1) === 0x2e &&
    bytes.length <= MAX_NESTED_BYTES
  );
}
