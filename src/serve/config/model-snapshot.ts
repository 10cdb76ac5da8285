/** The value of `model_snapshot` (contract 4.2), as TorchServe writes it, with additional keys of ours. */
import { z } from 'zod';
import { runtimes } from '../../model/documents/manifest.ts';
import { jsonText } from './json-text.ts';

const count = (floor: number) => z.number().int().min(floor);

const versionSchema = z.looseObject({
  defaultVersion: z.boolean(),
  /** File or folder of the model store. */
  marName: z.string().min(1),
  minWorkers: count(0),
  maxWorkers: count(0),
  batchSize: count(1),
  maxBatchDelay: count(0),
  responseTimeout: count(1),
  startupTimeout: count(1).optional(),
  runtimeType: z.enum(runtimes).optional(),
  /** Ours, as all below: the path of an archive outside the model store. */
  path: z.string().min(1).optional(),
  /** Its name in describe, if that differs. */
  url: z.string().min(1).optional(),
  /** Overrides the manifest's. */
  handler: z.string().optional(),
  /** Fetched into the store; removed with the model. */
  fetched: z.boolean().optional(),
});

const workflowSchema = z.looseObject({
  warName: z.string().min(1),
  path: z.string().min(1).optional(),
  url: z.string().min(1).optional(),
  fetched: z.boolean().optional(),
  responseTimeout: count(1).optional(),
  startupTimeout: count(1).optional(),
});

const snapshotSchema = z
  .looseObject({
    name: z.string().optional(),
    /** Versions of all models. */
    modelCount: count(0),
    /** Milliseconds since 1970; absent in snapshots written by hand, such as KServe's examples. */
    created: z.number().optional(),
    models: z.record(z.string(), z.record(z.string(), versionSchema)),
    /** TorchServe does not save its workflows. */
    workflows: z.record(z.string(), workflowSchema).optional(),
  })
  .refine(
    ({ modelCount, models }) => Object.values(models).flatMap(Object.keys).length === modelCount,
    'expected modelCount versions',
  )
  .refine(
    ({ models }) =>
      Object.values(models).every(
        (versions) => Object.values(versions).filter(({ defaultVersion }) => defaultVersion).length === 1,
      ),
    'expected one default version of each model',
  );

export type ModelSnapshot = z.infer<typeof snapshotSchema>;
export type VersionState = z.infer<typeof versionSchema>;
export type WorkflowState = z.infer<typeof workflowSchema>;

/** From the text of the property. */
export const modelSnapshot = jsonText(snapshotSchema, 'JSON, whole');
