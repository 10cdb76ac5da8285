import { z } from 'zod';
import { archiveFormats } from '../../archive/structure/formats.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { findingSchema } from '../../core/finding.ts';
import { artefactFactsSchema } from '../../model/artefact/common/artefact.ts';
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
  /** Compression in the archive; absent in a folder or a tar. */
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
  /** Format by content; absent if not recognised. */
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

/** What another tool made, and how it becomes an archive. */
const inspectedArtefactSchema = artefactFactsSchema.extend({
  pack: z.object({
    /** Command lines that write an archive of it, one a model; empty if there is nothing to pack. */
    lines: z.array(z.string()),
    /** The handler it gets: a built-in one, one of ours in Python, its own; absent if the user has to write it. */
    handler: z.string().optional(),
    /** What has to be done before the lines work, or instead of them. */
    advice: z.string().optional(),
  }),
});

const handlerCodeSchema = z.object({
  /** The export, function or class that is called; several if steps are exported, or if it is ambiguous. */
  entry: z.array(z.string()),
  /** Imported modules, sorted, without computed imports. */
  imports: z.array(z.string()),
});

const inspectedConfigSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ok'),
    member: z.string(),
    /** As written. */
    values: z.record(z.string(), z.unknown()),
    /** Settings of `mar serve` without flags and config.properties. */
    effective: z.record(z.string(), z.unknown()),
  }),
  z.object({ status: z.literal('unreadable'), member: z.string(), reason: z.string() }),
]);

/** A workflow archive: manifest and graph. */
const inspectedWorkflowSchema = z.object({
  manifest: workflowManifestSchema,
  /** In topological order; empty if the graph is invalid. */
  nodes: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['model', 'function']),
      /** Archive of a model node. */
      url: z.string().optional(),
      /** The nodes that receive its answer; a leaf answers the client. */
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
  /** One sentence: what it needs, or why it cannot. */
  why: z.string(),
});

/** The result of `mar inspect`; nothing is executed. */
export const inspectResultSchema = z.object({
  schemaVersion: z.literal(1),
  /** As the user gave it. */
  path: z.string(),
  format: z.enum([...archiveFormats, 'file']),
  size: bytes,
  /** Of the archive file, with `--digest`. */
  sha256: sha256.optional(),
  manifest: inspectedManifestSchema,
  /** Only if there is no manifest and the files are those of a known tool. */
  artefact: inspectedArtefactSchema.optional(),
  /** Absent if the structure is broken. */
  files: z.array(inspectedFileSchema).optional(),
  weights: z.array(inspectedWeightsSchema),
  /** Stored parameters of all weights; absent if none could be read. */
  parameters: bytes.optional(),
  handler: handlerReferenceSchema,
  /** What a built-in handler takes the model for, where the signature alone does not say it. */
  takenFor: z.string().optional(),
  /** Only for a workflow archive, which has no model manifest or handler. */
  workflow: inspectedWorkflowSchema.optional(),
  /** Only for a handler in the archive. */
  handlerCode: handlerCodeSchema.optional(),
  /** The manifest's configFile. */
  config: inspectedConfigSchema.optional(),
  runs: z.array(runVerdictSchema),
  /** Findings about the structure; `mar validate` checks more rules. */
  findings: z.array(findingSchema),
});
publishedSchemas.add(inspectResultSchema, { file: 'inspect-result', title: 'mar inspect --json', io: 'output' });

export type InspectResult = z.infer<typeof inspectResultSchema>;
export type InspectedFile = z.infer<typeof inspectedFileSchema>;
export type InspectedWorkflow = z.infer<typeof inspectedWorkflowSchema>;
export type RunVerdict = z.infer<typeof runVerdictSchema>;
