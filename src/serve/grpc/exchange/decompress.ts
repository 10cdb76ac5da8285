import { isToolError } from '../../../core/errors.ts';
import { codings, decode, isCoding } from '../../http/encoding/codings.ts';
import { CallFailed, codes } from './status.ts';

/** What a client may compress its messages with. */
export const ACCEPTED_ENCODINGS = ['identity', ...codings].join(',');

/** `encoding` is the `grpc-encoding` header. */
export async function decompress(message: Buffer, encoding: string, messageBytes: number): Promise<Buffer> {
  if (!isCoding(encoding)) throw new CallFailed(codes.unimplemented, `The encoding "${encoding}" is not read.`);
  try {
    return await decode(encoding, message, messageBytes);
  } catch (error) {
    // As every implementation of gRPC answers bytes that are no message.
    if (isToolError(error) && error.code === 'REQUEST_INVALID') throw new CallFailed(codes.internal, error.message);
    throw error;
  }
}
