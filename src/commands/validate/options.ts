import { z } from 'zod';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { severitySchema } from '../../core/finding.ts';
import { areas } from '../../validate/rule.ts';
import { targets } from '../../validate/subject.ts';
import { sizeSchema } from '../size-option.ts';

/** Settings of a rule: off, or a severity for all its findings; `warn` is short for `warning`. */
export const ruleSettings = ['off', 'info', 'warn', 'warning', 'error'] as const;
const ruleSettingSchema = z.enum(ruleSettings).transform((setting) => (setting === 'warn' ? 'warning' : setting));

/** `mar.validate.{json,yaml}`, or the key `validate` of `mar.config.*`; flags override the file. */
export const validateConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Areas to check; all by default. */
  only: z.array(z.enum(areas)).min(1).optional(),
  /** The lowest severity that fails the validation. */
  failOn: severitySchema.optional(),
  /** Rule id → setting. */
  rules: z.record(z.string(), ruleSettingSchema).optional(),
  /** The target server, by default mar; limitations of the other are only infos. */
  target: z.enum(targets).optional(),
  /** Size budget of the archive. */
  maxSize: sizeSchema.optional(),
});
publishedSchemas.add(validateConfigSchema, {
  file: 'validate-config',
  title: 'mar.validate.json of mar validate',
  io: 'input',
});
export type ValidateConfig = z.output<typeof validateConfigSchema>;

export const validateOptionsSchema = validateConfigSchema.omit({ $schema: true }).extend({
  /** An archive, an unpacked folder, or a weights file. */
  path: z.string().min(1),
  /** The config file; by default that of the folder; false for none. */
  config: z.union([z.string().min(1), z.literal(false)]).optional(),
  /** Also loads the model in a worker and sends it one request: runs the handler's code. */
  run: z.boolean().default(false),
  /** The Python for Python archives: a program, or the folder of a virtual environment. */
  python: z.string().min(1).optional(),
  /** First fixes in place what is safe to fix. */
  fix: z.boolean().default(false),
});
export type ValidateOptions = z.input<typeof validateOptionsSchema>;

/** Flags and file merged. */
export type ValidateSettings = Omit<ValidateConfig, '$schema'>;
