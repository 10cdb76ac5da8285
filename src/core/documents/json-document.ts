import { isUtf8 } from 'node:buffer';
import { Malformed } from './malformed.ts';
import { JsonReader } from './strict-json.ts';

export type JsonReading =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly offset?: number };

/**
 * JSON that every reader reads alike: UTF-8 without a byte order mark, no duplicate keys (some readers take the first,
 * some the last), no deeper than `depth`. The offset is in bytes.
 */
export function readJsonDocument(bytes: Uint8Array, depth: number): JsonReading {
  if (bytes.length === 0) return { kind: 'unreadable', reason: 'it is empty' };
  if (!isUtf8(bytes)) return { kind: 'unreadable', reason: 'it is not UTF-8' };
  if (bytes[0] === 0xef && bytes[1] === 0xbb)
    return { kind: 'unreadable', reason: 'it starts with a byte order mark', offset: 0 };
  try {
    const reader = new JsonReader(bytes);
    skipWithin(reader, depth);
    reader.end();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { kind: 'unreadable', reason: error.message, offset: error.offset };
  }
  return { kind: 'ok', value: JSON.parse(Buffer.from(bytes).toString('utf8')) };
}

function skipWithin(reader: JsonReader, depth: number): void {
  const kind = reader.peek();
  if (kind !== 'object' && kind !== 'array') {
    reader.skip();
    return;
  }
  if (depth === 0) reader.fail('values are nested too deeply');
  if (kind === 'object') reader.object(() => skipWithin(reader, depth - 1));
  else reader.array(() => skipWithin(reader, depth - 1));
}
