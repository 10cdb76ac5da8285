import { z } from 'zod';
import { describeError } from '../core/errors.ts';

/** Why a document is refused, in one line: the first problem of a schema and its location. */
export function describeProblem(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return describeError(cause);
  const [issue] = cause.issues;
  return `${issue?.path.join('/') || 'the document'}: ${issue?.message}`;
}
