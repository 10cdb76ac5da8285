import type { z } from 'zod';
import { readJsonDocument } from '../../core/documents/json-document.ts';
import { toJsonPointer } from '../../core/documents/json-pointer.ts';
import { readMemberBytes } from '../../core/documents/text-member.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { Limits } from '../../core/limits.ts';
import { type ArchivePath, MANIFEST_PATH, WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { type WorkflowManifest, workflowManifestSchema } from './workflow-manifest.ts';

export type ManifestReading<M = Manifest> =
  | { readonly kind: 'ok'; readonly manifest: M }
  | { readonly kind: 'missing' }
  | UnusableManifest;

type UnusableManifest =
  /** Not UTF-8, not JSON, too large, a duplicate key: the reason, with the offset if it is known. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly offset?: number }
  | { readonly kind: 'invalid'; readonly problems: readonly { readonly pointer: string; readonly message: string }[] };

/** MAR-INF/MANIFEST.json, if every reader reads it alike. */
export function readManifest(tree: FileTree, limits: Limits): Promise<ManifestReading> {
  return readMember(tree, MANIFEST_PATH, manifestSchema, limits);
}

/** The same for a workflow archive. */
export function readWorkflowManifest(tree: FileTree, limits: Limits): Promise<ManifestReading<WorkflowManifest>> {
  return readMember(tree, WORKFLOW_MANIFEST_PATH, workflowManifestSchema, limits);
}

async function readMember<M>(
  tree: FileTree,
  path: ArchivePath,
  schema: z.ZodType<M>,
  limits: Limits,
): Promise<ManifestReading<M>> {
  if (!(await tree.has(path))) return { kind: 'missing' };
  const reading = await readMemberBytes(tree, path, limits.manifestBytes);
  return reading.kind === 'ok' ? parse(reading.bytes, schema, limits) : reading;
}

function parse<M>(
  bytes: Uint8Array,
  schema: z.ZodType<M>,
  { documentDepth }: Limits,
): { kind: 'ok'; manifest: M } | UnusableManifest {
  const document = readJsonDocument(bytes, documentDepth);
  if (document.kind !== 'ok') return document;
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { kind: 'ok', manifest: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({ pointer: toJsonPointer(path), message }));
  return { kind: 'invalid', problems };
}

/** Why it cannot be used, as the end of a sentence. */
export function describeUnusable(reading: UnusableManifest): string {
  if (reading.kind === 'invalid')
    return reading.problems.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  return reading.reason + (reading.offset === undefined ? '' : ` (at byte ${reading.offset})`);
}
