import { z } from 'zod';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';

export const diffAreas = [
  'archive',
  'manifest',
  'signature',
  'tensors',
  'weights',
  'handler',
  'labels',
  'config',
  'requirements',
  'workflow',
  'runs',
  'files',
] as const;
export type DiffArea = (typeof diffAreas)[number];

/**
 * What a difference means to who uses the model. `breaking`: a client or server that worked may fail. `compatible`: what worked
 * works on. `weights`, `handler`: the answers may differ, their form does not as far as files show. `metadata`: no answer changes.
 */
export const diffImpacts = ['breaking', 'compatible', 'weights', 'handler', 'metadata'] as const;
export type DiffImpact = (typeof diffImpacts)[number];

const differenceSchema = z.object({
  area: z.enum(diffAreas),
  change: z.enum(['added', 'removed', 'changed', 'renamed', 'moved']),
  /** Of a tensor, an input, a file; a JSON Pointer in a document. */
  name: z.string(),
  /** Weights file that a tensor lies in. */
  member: z.string().optional(),
  before: z.json().optional(),
  after: z.json().optional(),
  impact: z.enum(diffImpacts),
  /** One sentence: why it has this impact. */
  why: z.string(),
});
export type Difference = z.infer<typeof differenceSchema>;

/** From none to the greatest. */
export const diffVerdicts = [
  'equal',
  'metadata-only',
  'handler-only',
  'weights-only',
  'compatible',
  'breaking',
] as const;
export type DiffVerdict = (typeof diffVerdicts)[number];

const count = z.number().int().nonnegative();
const sideSchema = z.object({
  /** As the user gave it. */
  path: z.string(),
  kind: z.enum(['archive', 'workflow', 'weights']),
  /** Bytes. */
  size: count,
  modelName: z.string().optional(),
  modelVersion: z.string().optional(),
});

/** The result of `mar diff`; nothing is executed. */
export const diffResultSchema = z.object({
  schemaVersion: z.literal(1),
  before: sideSchema,
  after: sideSchema,
  verdict: z.enum(diffVerdicts),
  /** The step of a semantic version that the verdict calls for. */
  semver: z.enum(['none', 'patch', 'minor', 'major']),
  /** False where `--fail-on` applies. */
  passed: z.boolean(),
  differences: z.array(differenceSchema),
  /** Differences beyond the most that are listed; they count for the verdict. */
  unlisted: count,
  tensors: z.object({
    equal: count,
    changed: count,
    added: count,
    removed: count,
    renamed: count,
    /** Same name, type and shape, and values that could not be compared one by one. */
    notCompared: count,
  }),
});
publishedSchemas.add(diffResultSchema, { file: 'diff-result', title: 'mar diff --json', io: 'output' });
export type DiffResult = z.infer<typeof diffResultSchema>;
export type DiffSide = DiffResult['before'];
