import { z } from 'zod';
import { definedOnly } from '../../core/documents/defined-only.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';

/**
 * MAR-INF/MANIFEST.json as TorchServe reads it: unknown keys are kept, almost every field may be absent (archives from
 * before 0.2.0 have specificationVersion and no createdOn). Rules demand what serving needs; the schema does not.
 */
export const manifestSchema = z.looseObject({
  createdOn: z.string().optional(),
  runtime: z.string().optional(),
  description: z.string().optional(),
  archiverVersion: z.string().optional(),
  specificationVersion: z.string().optional(),
  modelServerVersion: z.string().optional(),
  implementationVersion: z.string().optional(),
  model: z
    .looseObject({
      modelName: z.string().optional(),
      serializedFile: z.string().optional(),
      handler: z.string().optional(),
      modelFile: z.string().optional(),
      modelVersion: z.string().optional(),
      /** Old spelling of modelVersion. */
      version: z.string().optional(),
      description: z.string().optional(),
      envelope: z.string().optional(),
      sourceVocab: z.string().optional(),
      requirementsFile: z.string().optional(),
      configFile: z.string().optional(),
    })
    .optional(),
});
publishedSchemas.add(manifestSchema, { file: 'manifest', title: 'MAR-INF/MANIFEST.json', io: 'input' });

export type Manifest = z.infer<typeof manifestSchema>;

/** Handler runtimes of TorchServe, and our `nodejs` (design decision 11). */
export const runtimes = ['python', 'python3', 'LSP', 'nodejs'] as const;
export type Runtime = (typeof runtimes)[number];

export function isRuntime(text: string): text is Runtime {
  return runtimes.some((known) => known === text);
}

/** Model names that TorchServe accepts, anchored at both ends (its own `$` allows a final newline). */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9_\-.]*$/;

/** The archiver version whose manifest form and layout we write. */
export const UPSTREAM_ARCHIVER_VERSION = '0.12.0';

/** The fields of a new manifest; absent ones are left out of the JSON. */
export interface ManifestFields {
  readonly createdOn: string;
  readonly runtime: Runtime;
  readonly model: {
    readonly modelName: string;
    readonly serializedFile?: string | undefined;
    readonly handler: string;
    readonly modelFile?: string | undefined;
    readonly modelVersion?: string | undefined;
    readonly requirementsFile?: string | undefined;
    readonly configFile?: string | undefined;
  };
}

/** A new manifest in upstream's key order; `pythonJson` prints it (contract 1.5). */
export function createManifest({ createdOn, runtime, model }: ManifestFields): Manifest {
  const { modelName, serializedFile, handler, modelFile, modelVersion, requirementsFile, configFile } = model;
  return {
    createdOn,
    runtime,
    model: definedOnly({ modelName, serializedFile, handler, modelFile, modelVersion, requirementsFile, configFile }),
    archiverVersion: UPSTREAM_ARCHIVER_VERSION,
  };
}

/** JSON as Python's `json.dumps(value, indent=2)` writes it, without a newline at the end: everything beyond ASCII escaped per UTF-16 unit. */
export function pythonJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `dd/mm/YYYY HH:MM:SS`, local time; or the instant of SOURCE_DATE_EPOCH (seconds) in UTC. */
export function formatCreatedOn(now: Date, sourceDateEpoch?: string): string {
  if (sourceDateEpoch !== undefined && /^\d+$/.test(sourceDateEpoch)) {
    const [date = '', time] = new Date(Number(sourceDateEpoch) * 1000).toISOString().split(/[T.]/);
    return `${date.split('-').reverse().join('/')} ${time}`;
  }
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${two(now.getDate())}/${two(now.getMonth() + 1)}/${now.getFullYear()}`;
  return `${date} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}
