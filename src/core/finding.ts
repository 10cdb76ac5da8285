import { z } from 'zod';

/** Location of a finding: the archive or file as the user named it, then as exact as is known. */
export const locationSchema = z.object({
  /** The path the user gave. */
  path: z.string().optional(),
  /** Name of a member of the archive, as stored. */
  member: z.string().optional(),
  /** Byte offset from the start of the member, or of the archive when there is no member. */
  offset: z.number().int().nonnegative().optional(),
  line: z.number().int().positive().optional(),
  column: z.number().int().positive().optional(),
  /** JSON pointer into a JSON or YAML document (RFC 6901). */
  pointer: z.string().optional(),
});

export const severitySchema = z.enum(['error', 'warning', 'info']);

/** A problem in the user's artefact: data, never thrown one by one. */
export const findingSchema = z.object({
  /** Stable rule id, `area/subject`, never renamed. */
  rule: z.string(),
  severity: severitySchema,
  /** What is wrong, with the value seen and the value expected; one sentence or two. */
  message: z.string(),
  at: locationSchema,
  /** What to do next. */
  hint: z.string().optional(),
});

export type Location = z.infer<typeof locationSchema>;
export type Severity = z.infer<typeof severitySchema>;
export type Finding = z.infer<typeof findingSchema>;

const rank = { info: 0, warning: 1, error: 2 } as const satisfies Record<Severity, number>;

export function isAtLeast(severity: Severity, floor: Severity): boolean {
  return rank[severity] >= rank[floor];
}

/** The message for output that does not show the location: with the file, unless the message names it. */
export function nameFile({ message, at: { member } }: Finding): string {
  return member === undefined || message.includes(member) ? message : `${member}: ${message}`;
}
