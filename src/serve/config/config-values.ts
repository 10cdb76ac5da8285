/** Parsers for the values of config.properties. */
import { z } from 'zod';
import { runtimes } from '../../model/documents/manifest.ts';
import { jsonText } from './json-text.ts';

export const integer = (floor: number) =>
  z
    .string()
    .regex(/^[+-]?\d+$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= floor, `expected at least ${floor}`);
export const port = integer(0).refine((value) => value <= 65_535, 'expected a port, at most 65535');
/** As java.lang.Boolean: any text other than "true" is false. */
export const flag = z.string().transform((text) => text.toLowerCase() === 'true');

export const minutes = z
  .string()
  .transform(Number)
  .refine((value) => value > 0, 'expected minutes, more than 0');

/** A comma-separated list of regular expressions; each is matched against the whole text, case-insensitively. */
export const patterns = z.string().transform((text, context) => {
  try {
    return text
      .split(',')
      .filter((pattern) => pattern.trim() !== '')
      .map((pattern) => new RegExp(`^(?:${pattern.trim()})$`, 'i'));
  } catch {
    context.addIssue({ code: 'custom', message: 'expected regular expressions, separated by commas' });
    return z.NEVER;
  }
});

export const wholeName = z.string().transform((text, context) => {
  try {
    return text === '' ? undefined : new RegExp(`^(?:${text})$`);
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a regular expression' });
    return z.NEVER;
  }
});

const versionSettings = {
  minWorkers: z.number().int().optional(),
  maxWorkers: z.number().int().optional(),
  batchSize: z.number().int().min(1).optional(),
  maxBatchDelay: z.number().int().min(0).optional(),
  responseTimeout: z.number().int().min(1).optional(),
  startupTimeout: z.number().int().min(1).optional(),
  runtimeType: z.enum(runtimes).optional(),
  defaultVersion: z.boolean().optional(),
  // Not read: TorchServe writes it for people.
  marName: z.string().optional(),
};

/** Keys of one version in `models` that this server applies. */
export const modelKeys: readonly string[] = Object.keys(versionSettings);

export const models = jsonText(
  z.record(z.string(), z.record(z.string(), z.looseObject(versionSettings))),
  'JSON: {"name": {"version": {…}}}',
);
