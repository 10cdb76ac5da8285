import type { ByteSource } from '../../core/byte-source.ts';
import { Window } from '../reading/window.ts';

/** Fields of the outermost message; a frozen graph has one for each node, 50,000 in the largest seen. */
const MAX_FIELDS = 200_000;
/** A tag, and the length or value behind it. */
const HEAD_BYTES = 20;

/** The first field with its number: its wire type and the offset of its content. */
export interface TopField {
  readonly wire: number;
  readonly at: number;
}

/**
 * The fields of the outermost message by number, with their content skipped: they identify the message. A truncated or
 * invalid message ends there. Undefined for a message with too many fields.
 */
export async function readTopFields(source: ByteSource): Promise<ReadonlyMap<number, TopField> | undefined> {
  const window = new Window(source);
  const fields = new Map<number, TopField>();
  for (let count = 0; window.remaining > 0; count++) {
    if (count === MAX_FIELDS) return undefined;
    if (window.available < HEAD_BYTES) await window.fill(HEAD_BYTES);
    const tag = takeVarint(window);
    if (tag === undefined || tag < 8) break;
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    const length = takeLength(window, wire);
    if (length === undefined) break;
    if (!fields.has(number)) fields.set(number, { wire, at: window.position });
    if (length > window.remaining) break;
    window.position += length;
  }
  return fields;
}

/** Bytes of the content, which then begins at the window's position. */
function takeLength(window: Window, wire: number): number | undefined {
  if (wire === 1) return 8;
  if (wire === 5) return 4;
  if (wire === 2) return takeVarint(window);
  return wire === 0 && takeVarint(window) !== undefined ? 0 : undefined;
}

function takeVarint(window: Window): number | undefined {
  let value = 0;
  for (let shift = 0; shift < 70 && window.available > 0; shift += 7) {
    const byte = window.byte();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  return undefined;
}
