import type { ErrorCode } from '../core/error-catalogue.ts';
import { isToolError } from '../core/errors.ts';

/**
 * Exit codes of `mar`, documented in the README and never moved: 0 done, 1 the artefact is not good, 2 wrong usage,
 * 3 the job could not be completed.
 */
export const exitCodes = { done: 0, findings: 1, usage: 2, failed: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Complete on purpose: a new code is placed here before anything compiles. */
const codeOf: Readonly<Record<ErrorCode, ExitCode>> = {
  FILE_NOT_FOUND: exitCodes.failed,
  NOT_A_FILE: exitCodes.failed,
  FILE_UNREADABLE: exitCodes.failed,
  FILE_UNWRITABLE: exitCodes.failed,
  SOURCE_TRUNCATED: exitCodes.failed,
  HTTP_FAILED: exitCodes.failed,
  HTTP_NO_RANGES: exitCodes.failed,
  MEMBER_NOT_FOUND: exitCodes.failed,
  MEMBER_CORRUPT: exitCodes.failed,
  INPUT_CHANGED: exitCodes.failed,
  UNSAFE_NAME: exitCodes.failed,
  NOT_AN_ARCHIVE: exitCodes.failed,
  ARCHIVE_REFUSED: exitCodes.findings,
  OUTPUT_EXISTS: exitCodes.failed,
  EXPORT_PATH_NOT_FOLDER: exitCodes.failed,
  INVALID_MODEL_NAME: exitCodes.usage,
  INVALID_WORKFLOW_NAME: exitCodes.usage,
  WORKFLOW_OUTPUT_EXISTS: exitCodes.failed,
  PACK_CONFIG_INVALID: exitCodes.failed,
  VALIDATE_CONFIG_INVALID: exitCodes.failed,
  OPTION_MISSING: exitCodes.usage,
  HANDLER_NOT_FOUND: exitCodes.failed,
  LIMIT_EXCEEDED: exitCodes.failed,
  INVALID_OPTION: exitCodes.usage,
  HANDLER_NOT_BUNDLED: exitCodes.failed,
  HANDLER_NOT_SELF_CONTAINED: exitCodes.failed,
  PACKAGE_MISSING: exitCodes.failed,
  MODEL_REFUSED: exitCodes.failed,
  HANDLER_INVALID: exitCodes.failed,
  HANDLER_UNSUPPORTED: exitCodes.failed,
  LABELS_INVALID: exitCodes.failed,
  CONFIG_INVALID: exitCodes.failed,
  CANCELLED: exitCodes.failed,
  MODEL_NOT_FOUND: exitCodes.failed,
  MODEL_VERSION_NOT_FOUND: exitCodes.failed,
  DEFAULT_VERSION_NOT_FOUND: exitCodes.failed,
  ARCHIVE_NOT_IN_STORE: exitCodes.failed,
  MODEL_ALREADY_REGISTERED: exitCodes.failed,
  DEFAULT_VERSION_KEPT: exitCodes.failed,
  MODEL_NO_WORKER: exitCodes.failed,
  MODEL_INVALID: exitCodes.failed,
  MODEL_UNSERVABLE: exitCodes.failed,
  REQUIREMENTS_FAILED: exitCodes.failed,
  WORKERS_FAILED: exitCodes.failed,
  WORKER_DIED: exitCodes.failed,
  WORKER_OUT_OF_MEMORY: exitCodes.failed,
  WORKER_PROTOCOL: exitCodes.failed,
  REQUEST_INVALID: exitCodes.failed,
  REQUEST_TOO_LARGE: exitCodes.failed,
  ROUTE_NOT_FOUND: exitCodes.failed,
  METHOD_NOT_ALLOWED: exitCodes.failed,
  MODEL_FILE_EXISTS: exitCodes.failed,
  DOWNLOAD_FAILED: exitCodes.failed,
  TOKEN_REFUSED: exitCodes.failed,
  KEY_FILE_INVALID: exitCodes.failed,
  WORKFLOW_NOT_FOUND: exitCodes.failed,
  WORKFLOW_NOT_IN_STORE: exitCodes.failed,
  WORKFLOW_ALREADY_REGISTERED: exitCodes.failed,
  WORKFLOW_INVALID: exitCodes.findings,
  WORKFLOW_GRAPH_INVALID: exitCodes.findings,
  WORKFLOW_FAILED: exitCodes.failed,
  WORKFLOW_NODE_FAILED: exitCodes.failed,
  WORKFLOW_NODE_SLOW: exitCodes.failed,
  WORKFLOW_ANSWER_INVALID: exitCodes.failed,
  SERVER_CLOSING: exitCodes.failed,
  LISTEN_FAILED: exitCodes.failed,
  PROPERTIES_INVALID: exitCodes.failed,
};

export function exitCodeOf(error: unknown): ExitCode {
  return isToolError(error) ? codeOf[error.code] : exitCodes.failed;
}
