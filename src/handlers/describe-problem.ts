import { z } from 'zod';
import { describeError } from '../core/errors.ts';

/** Why a document is refused, in one line: of a schema's problems the first and where it is. */
export function describeProblem(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return describeError(cause);
  const [issue] = cause.issues;
  return `${issue?.path.join('/') || 'the document'}: ${issue?.message}`;
}
