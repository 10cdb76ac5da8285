import { z } from 'zod';
import type { WrittenMember } from '../../archive/plan/write-options.ts';
import type { PlannedFile } from '../../archive/structure/types.ts';
import { bufferSource } from '../../core/byte-source.ts';
import { readJsonDocument } from '../../core/documents/json-document.ts';
import { publishedSchemas } from '../../core/documents/published-schemas.ts';
import { readMemberBytes } from '../../core/documents/text-member.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { Limits } from '../../core/limits.ts';
import { toArchivePath } from '../../core/paths.ts';

/** Our own facts about an archive, in a file next to the manifest that TorchServe ignores (design decision 12). */
export const RECORD_PATH = toArchivePath('MAR-INF/mar.json');

const tensorSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  /** A number, a symbol, or null where the file does not say. */
  shape: z.array(z.union([z.number(), z.string(), z.null()])),
});

export const packRecordSchema = z.object({
  schemaVersion: z.literal(1),
  /** How it was built, without facts about the machine, so that equal inputs give equal bytes. */
  build: z.object({
    tool: z.string(),
    version: z.string(),
    compression: z.union([z.string(), z.number()]),
    /** The source that was bundled into the handler. */
    handlerSource: z.string().optional(),
  }),
  /** Of the manifest's serialized file, if its format states it. */
  model: z
    .object({
      format: z.string(),
      /** Absent if the format does not state it. */
      parameters: z.number().int().nonnegative().optional(),
      inputs: z.array(tensorSchema).optional(),
      outputs: z.array(tensorSchema).optional(),
    })
    .optional(),
  /** Every other file of the archive: bytes, and SHA-256 in hexadecimal. */
  files: z.record(z.string(), z.object({ size: z.number().int().nonnegative(), sha256: z.string().length(64) })),
});
publishedSchemas.add(packRecordSchema, { file: 'pack-record', title: 'MAR-INF/mar.json of mar pack', io: 'output' });
export type PackRecord = z.infer<typeof packRecordSchema>;

/**
 * The record as a file of the plan. Its size does not depend on the digests, so that a plan without digests has the
 * right size.
 */
export function planRecord(
  facts: Omit<PackRecord, 'schemaVersion' | 'files'>,
  files: readonly Digested[],
): PlannedFile {
  const digests = files.map(({ path, size, sha256 = '0'.repeat(64) }) => [path, { size, sha256 }]);
  const record: PackRecord = { schemaVersion: 1, ...facts, files: Object.fromEntries(digests) };
  const bytes = Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
  return {
    path: RECORD_PATH,
    size: bytes.length,
    mode: 0o644,
    origin: 'the new record',
    open: async () => bufferSource(RECORD_PATH, bytes),
  };
}

type Digested = Pick<WrittenMember, 'path' | 'size' | 'sha256'>;

export type RecordReading =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'ok'; readonly record: PackRecord };

/** Bytes; one line for each of the maximum number of files. */
const MAX_RECORD_BYTES = 16 * 1024 ** 2;

/** Facts in an archive about how it was packed. Unsigned: it shows a change, not its author. */
export async function readRecord(tree: FileTree, { documentDepth }: Limits): Promise<RecordReading> {
  if (!(await tree.has(RECORD_PATH))) return { kind: 'missing' };
  const reading = await readMemberBytes(tree, RECORD_PATH, MAX_RECORD_BYTES);
  if (reading.kind !== 'ok') return reading;
  const document = readJsonDocument(reading.bytes, documentDepth);
  if (document.kind !== 'ok') return document;
  const parsed = packRecordSchema.safeParse(document.value);
  if (parsed.success) return { kind: 'ok', record: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'unreadable', reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a record'}` };
}
