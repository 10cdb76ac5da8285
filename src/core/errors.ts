import { type ErrorCode, type ErrorValues, wordError } from './error-catalogue.ts';
import type { Finding } from './finding.ts';

/**
 * The only error this project throws on purpose. A problem in the user's artefact is a {@link Finding};
 * a ToolError says that a job could not be done, and carries the findings when they are the cause.
 */
export class ToolError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'ToolError';
  readonly code: C;
  /** The values in the message. */
  readonly values: ErrorValues<C>;
  /** What the user can do about it. */
  readonly hint: string | undefined;
  readonly findings: readonly Finding[];

  constructor(code: C, values: ErrorValues<C>, options: { cause?: unknown; findings?: readonly Finding[] } = {}) {
    const { message, hint } = wordError(code, values);
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.values = values;
    this.hint = hint;
    this.findings = options.findings ?? [];
  }
}

export function isToolError(error: unknown): error is ToolError {
  return error instanceof ToolError;
}

export function hasCode<C extends ErrorCode>(error: unknown, code: C): error is ToolError<C> {
  return isToolError(error) && error.code === code;
}

/** The code of a Node system error (`ENOENT`, `EACCES`, …), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** One line about any thrown value, for carrying a foreign error's words inside ours. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message.split('\n')[0] ?? error.name;
  return String(error);
}
