import { z } from 'zod';
import { MODEL_NAME, runtimes } from '../../model/documents/manifest.ts';
import { upstreamFormats } from './formats.ts';

/** `--validate`: ignore findings, warn, or refuse on an error. */
export const validateModes = ['off', 'warn', 'error'] as const;

const path = z.string().min(1);

/** `auto` compresses a sample and stores what would not shrink; a number is zlib's level. */
export const compressionSchema = z.literal(['auto', 'store', 1, 2, 3, 4, 5, 6, 7, 8, 9]);

/** The flags of torch-model-archiver in camelCase (contract 1.1); an empty string is "not given", as upstream has it. */
export const archiveOptionsSchema = z.object({
  modelName: z.string().regex(MODEL_NAME),
  serializedFile: path.optional(),
  modelFile: path.optional(),
  /** A built-in name, or a file: `handler.py`, `handler:function`, `handler.ts`, `handler.ts:name`. */
  handler: z.string().min(1),
  /** Comma-separated files, folders and wildcards. */
  extraFiles: z.string().optional(),
  /** By the handler's file by default. */
  runtime: z.enum(runtimes).optional(),
  exportPath: path.optional(),
  archiveFormat: z.enum(upstreamFormats).default('default'),
  force: z.boolean().default(false),
  /** Version of the model. */
  version: z.string(),
  requirementsFile: path.optional(),
  configFile: path.optional(),
  validate: z.enum(validateModes).default('error'),
  compression: compressionSchema.default('auto'),
});

export type ArchiveOptions = z.input<typeof archiveOptionsSchema>;
export type ResolvedArchiveOptions = z.output<typeof archiveOptionsSchema>;
