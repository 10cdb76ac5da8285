import { promisify } from 'node:util';
import { constants, deflate, gunzip, gzip, inflate } from 'node:zlib';
import { ToolError } from '../../../core/errors.ts';
import { isOneOf } from '../../../core/names/known-words.ts';

/** How bodies and messages may be compressed; of equals the first is preferred. */
export const codings = ['gzip', 'deflate'] as const;
export type Coding = (typeof codings)[number];

export function isCoding(text: string): text is Coding {
  return isOneOf(codings, text);
}

const decoders = { gzip: promisify(gunzip), deflate: promisify(inflate) } as const;
const encoders = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;

/** Throws REQUEST_TOO_LARGE for what would become more than `limit` bytes, without making them, REQUEST_INVALID for what is not compressed so. */
export async function decode(coding: Coding, bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await decoders[coding](bytes, { maxOutputLength: limit });
  } catch (cause) {
    const isLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    if (isLarge) throw new ToolError('REQUEST_TOO_LARGE', { limit });
    throw new ToolError('REQUEST_INVALID', { message: `The bytes are not compressed with ${coding}.` }, { cause });
  }
}

/** At the quickest level: numbers hardly shrink, and a client on the same machine waits for it. */
export function encode(coding: Coding, bytes: Uint8Array): Promise<Buffer> {
  return encoders[coding](bytes, { level: constants.Z_BEST_SPEED });
}

/** The one that an Accept-Encoding header prefers; undefined where it names none of ours. */
export function preferredCoding(header: string | string[] | undefined): Coding | undefined {
  const weights = new Map<string, number>();
  for (const part of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    weights.set(name, Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1));
  }
  const weightOf = (coding: Coding) => weights.get(coding) ?? 0;
  return codings.filter((coding) => weightOf(coding) > 0).sort((a, b) => weightOf(b) - weightOf(a))[0];
}
