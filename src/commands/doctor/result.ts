import { z } from 'zod';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';

const checkSchema = z.object({
  /** What is checked: `node`, a package, `python`, `temporary-folder`, `ports`, `archive`. */
  id: z.string(),
  /** `absent`: not there, and only what it is for is missed. `bad`: it stops something that was asked for. */
  status: z.enum(['good', 'absent', 'bad']),
  /** What was found, or why there is nothing. */
  found: z.string(),
  /** What it is for. */
  purpose: z.string(),
  /** What to type or change; only where something is missing. */
  remedy: z.string().optional(),
});
export type Check = z.infer<typeof checkSchema>;

/** The result of `mar doctor`; of an archive nothing is executed. */
export const doctorResultSchema = z.object({
  schemaVersion: z.literal(1),
  version: z.string(),
  /** Of Node: `linux x64`. */
  platform: z.string(),
  checks: z.array(checkSchema),
  /** False when a check is bad. */
  passed: z.boolean(),
});
publishedSchemas.add(doctorResultSchema, { file: 'doctor-result', title: 'mar doctor --json', io: 'output' });
export type DoctorResult = z.infer<typeof doctorResultSchema>;
