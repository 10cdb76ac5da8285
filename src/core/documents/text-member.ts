import { isUtf8 } from 'node:buffer';
import { readAll } from '../byte-source.ts';
import type { FileTree } from '../file-tree.ts';

export type BytesReading =
  | { readonly kind: 'ok'; readonly bytes: Buffer }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type TextReading =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The bytes of a member of at most `limit` bytes. Throws MEMBER_NOT_FOUND. */
export async function readMemberBytes(tree: FileTree, member: string, limit: number): Promise<BytesReading> {
  const source = await tree.open(member);
  try {
    const { size } = source;
    if (size > limit) return { kind: 'unreadable', reason: `it has ${size} bytes, more than the limit of ${limit}` };
    return { kind: 'ok', bytes: await readAll(source, limit) };
  } finally {
    await source.close();
  }
}

/** The text of a member in UTF-8, a byte order mark included. Throws MEMBER_NOT_FOUND. */
export async function readMemberText(tree: FileTree, member: string, limit: number): Promise<TextReading> {
  const reading = await readMemberBytes(tree, member, limit);
  if (reading.kind !== 'ok') return reading;
  if (!isUtf8(reading.bytes)) return { kind: 'unreadable', reason: 'it is not UTF-8' };
  return { kind: 'ok', text: reading.bytes.toString('utf8') };
}
