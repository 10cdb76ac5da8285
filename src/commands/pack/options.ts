import { z } from 'zod';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { MODEL_NAME, runtimes } from '../../model/documents/manifest.ts';
import { targets } from '../../validate/subject.ts';
import { validateConfigSchema } from '../validate/options.ts';
import { compressionSchema } from './archive-options.ts';
import { packFormats } from './formats.ts';

const path = z.string().min(1);

const mappingSchema = z.union([path, z.strictObject({ from: path, to: path.optional() })]);

/** Shape of `mar.config.{json,yaml,ts}` and of the flags of `mar pack`; flags override the file. */
export const packConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  /** Name of the model and of the archive. */
  modelName: z.string().regex(MODEL_NAME).optional(),
  /** Version of the model. */
  version: z.string().min(1).optional(),
  /** What another tool made (SageMaker, MLflow, Hugging Face, Triton, …), as a folder or archive: whatever is not given is taken from it. */
  from: path.optional(),
  /** Weights files; the first is the manifest's serializedFile. Files they refer to (external data, shards) are added. */
  weights: z.union([path, z.array(path)]).optional(),
  /** Python file with the model's class (eager mode). */
  modelFile: path.optional(),
  /** A built-in name, or a file: handler.ts, handler.py, file:entryPoint. */
  handler: z.string().min(1).optional(),
  runtime: z.enum(runtimes).optional(),
  /** Additional files and folders: "labels.json", "assets", or { from, to }. Folders are not flattened. */
  files: z.array(mappingSchema).optional(),
  requirements: path.optional(),
  /** The model-config.yaml to pack. */
  modelConfig: path.optional(),
  /** The target server. `both` adds the Python counterpart of a built-in handler over ONNX, for the same answers in TorchServe. */
  target: z.enum(targets).optional(),
  format: z.enum(packFormats).optional(),
  compression: compressionSchema.optional(),
  /** The archive, by a name ending in .mar or .tar.gz, or the folder it is written to. */
  output: path.optional(),
  /** Patterns, as in .marignore. */
  ignore: z.array(z.string()).optional(),
  /** Ids of rules whose errors become warnings. */
  allow: z.array(z.string()).optional(),
  /** Config of `mar validate`. */
  validate: validateConfigSchema.optional(),
});
publishedSchemas.add(packConfigSchema, { file: 'pack-config', title: 'mar.config.json of mar pack', io: 'input' });
export type PackConfig = z.infer<typeof packConfigSchema>;

export interface PackOptions extends Omit<PackConfig, '$schema' | 'validate'> {
  /** The config file; by default `mar.config.*` of the folder; false for none. */
  readonly config?: string | false;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Also hash the archive, which reads it again. */
  readonly digest?: boolean;
}
