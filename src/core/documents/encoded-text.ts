import type { TextReading } from './text-member.ts';

/** The text of bytes in an encoding that Python names. */
export function decodeText(bytes: Uint8Array, encoding: string): TextReading {
  if (encoding.startsWith('utf-32')) return decodeUtf32(bytes, encoding);
  try {
    return { kind: 'ok', text: decodeLabel(bytes, encoding) };
  } catch (error) {
    // What a decoder throws: an encoding it does not know, or bytes that are none of it.
    if (error instanceof RangeError) return { kind: 'unreadable', reason: `its encoding ${encoding} is unknown` };
    if (error instanceof TypeError) return { kind: 'unreadable', reason: `its bytes are not ${encoding}` };
    throw error;
  }
}

/** Python's names of encodings, where the web's differ. */
const labels: Readonly<Record<string, string>> = {
  'latin-1': 'latin1',
  'iso-latin-1': 'latin1',
  'utf-8-sig': 'utf-8',
  'utf-16': 'utf-16le',
  'shift-jis': 'shift_jis',
};

function decodeLabel(bytes: Uint8Array, encoding: string): string {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  return new TextDecoder(labels[name] ?? name, { fatal: true }).decode(bytes);
}

function decodeUtf32(bytes: Uint8Array, encoding: string): TextReading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = encoding === 'utf-32le';
  const points = Array.from({ length: bytes.length >> 2 }, (_, index) => view.getUint32(index * 4, isLittle));
  const isSound = bytes.length % 4 === 0 && points.every((point) => point <= 0x10ffff);
  if (!isSound) return { kind: 'unreadable', reason: `its bytes are not ${encoding}` };
  return { kind: 'ok', text: points.map((point) => String.fromCodePoint(point)).join('') };
}
