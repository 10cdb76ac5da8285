import type { ErrorCode } from '../../../core/error-catalogue.ts';
import { isToolError } from '../../../core/errors.ts';
import { toHttpError } from '../../http/exchange/errors.ts';

/** Status codes of gRPC (github.com/grpc/grpc/blob/master/doc/statuscodes.md). */
export const codes = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;
export type Code = (typeof codes)[keyof typeof codes];

/** How a call ended. */
export interface Status {
  readonly code: Code;
  readonly message: string;
}

export const OK: Status = { code: codes.ok, message: '' };

/** A call that ends without its answer, by a status of gRPC's own. */
export class CallFailed extends Error implements Status {
  override readonly name = 'CallFailed';
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

/** TorchServe's table (GRPCUtils.java), for statuses of HTTP: what workers answer with, and what errors stand for. */
const byHttpStatus: Readonly<Record<number, Code>> = {
  400: codes.invalidArgument,
  401: codes.unauthenticated,
  403: codes.permissionDenied,
  404: codes.notFound,
  409: codes.aborted,
  413: codes.resourceExhausted,
  416: codes.outOfRange,
  429: codes.resourceExhausted,
  499: codes.cancelled,
  501: codes.unimplemented,
  503: codes.unavailable,
  504: codes.deadlineExceeded,
};

export function fromHttpStatus(status: number): Code {
  const found = byHttpStatus[status];
  if (found !== undefined) return found;
  if (status >= 200 && status < 300) return codes.ok;
  if (status >= 400 && status < 500) return codes.failedPrecondition;
  return status >= 500 && status < 600 ? codes.internal : codes.unknown;
}

/** Errors that gRPC has a closer code for than their status of HTTP says. */
const ownCodes: Partial<Record<ErrorCode, Code>> = {
  TOKEN_REFUSED: codes.permissionDenied,
  MODEL_API_DISABLED: codes.permissionDenied,
  REQUEST_EXPIRED: codes.deadlineExceeded,
};

export function toStatus(error: unknown): Status {
  if (error instanceof CallFailed) return error;
  const { status, message } = toHttpError(error);
  const own = isToolError(error) ? ownCodes[error.code] : undefined;
  return { code: own ?? fromHttpStatus(status), message };
}

/** Codes that say something about the client's request; the others are failures of the server. */
const clientCodes: readonly Code[] = [
  codes.cancelled,
  codes.invalidArgument,
  codes.notFound,
  codes.permissionDenied,
  codes.failedPrecondition,
  codes.aborted,
  codes.outOfRange,
  codes.unimplemented,
  codes.unauthenticated,
  codes.resourceExhausted,
];

/** For counters of HTTP answers, which count by class. */
export function toHttpClass(code: Code): 200 | 400 | 500 {
  if (code === codes.ok) return 200;
  return clientCodes.includes(code) ? 400 : 500;
}

/** Bytes of a message on the wire: clients refuse headers beyond 8 KiB. */
const MAX_MESSAGE_BYTES = 4 * 1024;

export function toTrailers({ code, message }: Status): Record<string, string> {
  return { 'grpc-status': String(code), ...(message === '' ? {} : { 'grpc-message': encodeMessage(message) }) };
}

/** Percent-encoded UTF-8, so that it fits into a header; cut between characters. */
function encodeMessage(message: string): string {
  let encoded = '';
  for (const character of message) {
    const safe = /[ -$&-~]/.test(character) ? character : encodeCharacter(character);
    if (encoded.length + safe.length > MAX_MESSAGE_BYTES) break;
    encoded += safe;
  }
  return encoded;
}

function encodeCharacter(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
