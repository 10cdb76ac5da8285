import { z } from 'zod';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { severitySchema } from '../../core/finding.ts';
import { areas } from '../../validate/rule.ts';
import { targets } from '../../validate/subject.ts';
import { sizeSchema } from '../size-option.ts';

/** What a rule can be set to: off, or the severity of all its findings; `warn` is short for `warning`. */
export const ruleSettings = ['off', 'info', 'warn', 'warning', 'error'] as const;
const ruleSettingSchema = z.enum(ruleSettings).transform((setting) => (setting === 'warn' ? 'warning' : setting));

/** `mar.validate.{json,yaml}`, or the key `validate` of `mar.config.*`; a flag wins over the file. */
export const validateConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Areas to judge; all when absent. */
  only: z.array(z.enum(areas)).min(1).optional(),
  /** The least severity that makes the verdict bad. */
  failOn: severitySchema.optional(),
  /** Rule id → setting. */
  rules: z.record(z.string(), ruleSettingSchema).optional(),
  /** The server the archive is for; what the other one cannot do is then an info. Default: mar. */
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
  /** The config file; absent means the one of this folder when there is one; false means none. */
  config: z.union([z.string().min(1), z.literal(false)]).optional(),
  /** Also loads the model in a worker and asks it once: the handler's code runs. */
  run: z.boolean().default(false),
  /** The Python that loads it: a program, or the folder of a virtual environment. */
  python: z.string().min(1).optional(),
  /** First mends what can be mended safely, in place. */
  fix: z.boolean().default(false),
});
export type ValidateOptions = z.input<typeof validateOptionsSchema>;

/** What the rules are chosen and weighed by, flags and file together. */
export type ValidateSettings = Omit<ValidateConfig, '$schema'>;
