import { z } from 'zod';
import { archiveFormats } from '../../archive/structure/formats.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { findingSchema } from '../../core/finding.ts';
import { manifestSchema } from '../../model/documents/manifest.ts';
import { workflowManifestSchema } from '../../model/documents/workflow-manifest.ts';
import { weightsFactsSchema } from '../../weights/reading/facts.ts';

const count = z.number().int().nonnegative();
const bytes = count;
/** 64 lower-case hexadecimal digits. */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const inspectedFileSchema = z.object({
  path: z.string(),
  size: bytes,
  /** How the archive holds it; absent in a folder and in a tar. */
  packed: z
    .object({
      method: z.enum(['stored', 'deflated']),
      size: bytes,
      /** Eight lower-case hexadecimal digits. */
      crc32: z.string().regex(/^[0-9a-f]{8}$/),
    })
    .optional(),
  sha256: sha256.optional(),
});

const inspectedManifestSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok'), value: manifestSchema }),
  z.object({ status: z.literal('missing') }),
  z.object({ status: z.literal('unreadable'), reason: z.string() }),
]);

const inspectedWeightsSchema = z.object({
  member: z.string(),
  /** The format its content shows; absent when nothing is recognised. */
  detected: z.string().optional(),
  facts: weightsFactsSchema.optional(),
  problems: z.array(z.object({ rule: z.string(), message: z.string() })),
});

export const handlerReferenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('builtin'), name: z.string(), counterpart: z.string().optional() }),
  z.object({ kind: z.literal('module'), member: z.string(), entryPoint: z.string().optional() }),
  z.object({ kind: z.literal('python'), member: z.string(), entryPoint: z.string().optional() }),
  z.object({ kind: z.literal('cpp'), name: z.string() }),
  z.object({ kind: z.literal('missing'), text: z.string() }),
]);

const handlerCodeSchema = z.object({
  /** The export, function or class that is called; several where the steps themselves are exported, or where it is open. */
  entry: z.array(z.string()),
  /** Modules the source imports, sorted; a computed one is not known. */
  imports: z.array(z.string()),
});

const inspectedConfigSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    member: z.string(),
    /** As written. */
    values: z.record(z.string(), z.unknown()),
    /** What `mar serve` runs the model with when neither flags nor config.properties say otherwise. */
    effective: z.record(z.string(), z.unknown()),
  }),
  z.object({ status: z.literal('unreadable'), member: z.string(), reason: z.string() }),
]);

/** A workflow archive: its manifest, and its graph with what each node is and how it is run. */
const inspectedWorkflowSchema = z.object({
  manifest: workflowManifestSchema,
  /** Each node after all nodes whose answers it takes; empty when the graph is not valid. */
  nodes: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['model', 'function']),
      /** Of a model: the archive it is loaded from. */
      url: z.string().optional(),
      /** The nodes that take its answer; none for a last node, whose answer is the client's. */
      next: z.array(z.string()),
      workers: count,
      batchSize: count,
      /** Milliseconds. */
      maxBatchDelay: count,
      retryAttempts: count,
      timeoutMs: count,
    }),
  ),
  problems: z.array(z.object({ rule: z.string(), message: z.string() })),
});

export const runVerdictSchema = z.object({
  server: z.enum(['mar serve', 'TorchServe']),
  able: z.enum(['yes', 'no', 'unknown']),
  /** One sentence: what it takes, or what stands in the way. */
  why: z.string(),
});

/** Everything `mar inspect` knows, read without running anything. */
export const inspectResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** As the user gave it. */
  path: z.string(),
  format: z.enum([...archiveFormats, 'file']),
  size: bytes,
  /** Of the archive file, with `--digest`. */
  sha256: sha256.optional(),
  manifest: inspectedManifestSchema,
  /** Absent when the structure is too broken to say what the members are. */
  files: z.array(inspectedFileSchema).optional(),
  weights: z.array(inspectedWeightsSchema),
  /** Stored scalar parameters of all weights together; absent when none could be read. */
  parameters: bytes.optional(),
  handler: handlerReferenceSchema,
  /** Of a workflow archive, which has neither a model's manifest nor its handler. */
  workflow: inspectedWorkflowSchema.optional(),
  /** Of a handler that is a file of the archive. */
  handlerCode: handlerCodeSchema.optional(),
  /** Of the file that the manifest calls configFile. */
  config: inspectedConfigSchema.optional(),
  runs: z.array(runVerdictSchema),
  /** Of the structure: `mar validate` knows more rules. */
  findings: z.array(findingSchema),
});
publishedSchemas.add(inspectResultSchema, { file: 'inspect-result', title: 'mar inspect --json', io: 'output' });

export type InspectResult = z.infer<typeof inspectResultSchema>;
export type InspectedFile = z.infer<typeof inspectedFileSchema>;
export type InspectedWorkflow = z.infer<typeof inspectedWorkflowSchema>;
export type RunVerdict = z.infer<typeof runVerdictSchema>;
