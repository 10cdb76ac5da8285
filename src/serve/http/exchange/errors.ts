import type { ErrorCode } from '../../../core/error-catalogue.ts';
import { describeError, isToolError } from '../../../core/errors.ts';

/** TorchServe's error response (contract 3.1): status, and the simple name of its Java exception. */
export interface HttpError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Seconds; the Retry-After header. */
  readonly retryAfter?: number;
}

type Mapping = Pick<HttpError, 'status' | 'type' | 'retryAfter'>;

const internal = { status: 500, type: 'InternalServerException' } as const;
const invalidModel = { status: 400, type: 'InvalidModelException' } as const;
const badRequest = { status: 400, type: 'BadRequestException' } as const;
const unavailable = { status: 503, type: 'ServiceUnavailableException', retryAfter: 1 } as const;

/** Error codes a client may see; every other code is a 500. */
const mappings: Partial<Record<ErrorCode, Mapping>> = {
  MODEL_NOT_FOUND: { status: 404, type: 'ModelNotFoundException' },
  MODEL_VERSION_NOT_FOUND: { status: 404, type: 'ModelVersionNotFoundException' },
  DEFAULT_VERSION_NOT_FOUND: { status: 404, type: 'ModelVersionNotFoundException' },
  ARCHIVE_NOT_IN_STORE: { status: 404, type: 'ModelNotFoundException' },
  MODEL_ALREADY_REGISTERED: { status: 409, type: 'ConflictStatusException' },
  DEFAULT_VERSION_KEPT: { status: 403, type: 'InvalidModelVersionException' },
  DOWNLOAD_FAILED: { status: 400, type: 'DownloadArchiveException' },
  HOST_REFUSED: { status: 403, type: 'ForbiddenException' },
  ORIGIN_REFUSED: { status: 403, type: 'ForbiddenException' },
  TOKEN_REFUSED: { status: 400, type: 'InvalidKeyException' },
  WORKFLOW_NOT_FOUND: { status: 404, type: 'WorkflowNotFoundException' },
  WORKFLOW_NOT_IN_STORE: { status: 404, type: 'WorkflowNotFoundException' },
  WORKFLOW_ALREADY_REGISTERED: { status: 409, type: 'ConflictStatusException' },
  WORKFLOW_INVALID: { status: 400, type: 'InvalidWorkflowException' },
  WORKFLOW_GRAPH_INVALID: { status: 400, type: 'InvalidDAGException' },
  WORKFLOW_FAILED: { status: 500, type: 'WorkflowException' },
  MODEL_NO_WORKER: unavailable,
  UNREGISTER_TIMEOUT: { status: 408, type: 'RequestTimeoutException' },
  REQUEST_EXPIRED: { status: 408, type: 'RequestTimeoutException' },
  SERVER_CLOSING: unavailable,
  MODEL_INVALID: invalidModel,
  MODEL_UNSERVABLE: invalidModel,
  REQUIREMENTS_FAILED: { status: 400, type: 'ModelException' },
  ARCHIVE_REFUSED: invalidModel,
  ARCHIVE_CHANGED: invalidModel,
  NOT_AN_ARCHIVE: invalidModel,
  MODEL_REFUSED: invalidModel,
  CONFIG_INVALID: invalidModel,
  WORKER_OUT_OF_MEMORY: { status: 507, type: 'InternalServerException' },
  REQUEST_INVALID: badRequest,
  WORKERS_TOO_MANY: badRequest,
  REQUEST_TOO_LARGE: { status: 413, type: 'RequestEntityTooLargeException' },
  ROUTE_NOT_FOUND: { status: 404, type: 'ResourceNotFoundException' },
  METHOD_NOT_ALLOWED: { status: 405, type: 'MethodNotAllowedException' },
};

export function toHttpError(error: unknown): HttpError {
  if (isToolError(error)) return { ...(mappings[error.code] ?? internal), message: error.message };
  return { ...internal, message: describeError(error) };
}
