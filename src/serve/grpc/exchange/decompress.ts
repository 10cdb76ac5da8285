import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { ToolError } from '../../../core/errors.ts';
import { CallFailed, codes } from './status.ts';

type Decoder = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: Readonly<Record<string, Decoder>> = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** What a client may compress its messages with. */
export const ACCEPTED_ENCODINGS = ['identity', ...Object.keys(decoders)].join(',');

/** `encoding` is the `grpc-encoding` header. */
export async function decompress(message: Buffer, encoding: string, messageBytes: number): Promise<Buffer> {
  const decoder = decoders[encoding];
  if (decoder === undefined) throw new CallFailed(codes.unimplemented, `The encoding "${encoding}" is not read.`);
  try {
    return await decoder(message, { maxOutputLength: messageBytes });
  } catch (cause) {
    const isLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    if (isLarge) throw new ToolError('REQUEST_TOO_LARGE', { limit: messageBytes });
    throw new CallFailed(codes.internal, `A message is not compressed with ${encoding}.`);
  }
}
