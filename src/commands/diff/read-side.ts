import { archiveRefused, refuseErrors } from '../../archive/structure/refuse.ts';
import type { Context } from '../../core/context.ts';
import type { FileEntry } from '../../core/file-tree.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { openFacts } from '../../model/open-facts.ts';
import { describeContent } from '../inspect/content.ts';
import { hashWithProgress } from '../inspect/digests.ts';
import type { InspectResult } from '../inspect/result.ts';
import { describeWeightsFile } from '../inspect/weights.ts';
import { findPlace } from '../open-place.ts';
import type { DiffSide } from './result.ts';

/** One of the two that are compared: what `inspect` says of it, and its files. */
export interface Side {
  readonly summary: DiffSide;
  readonly facts: ModelFacts;
  readonly content: Omit<InspectResult, 'schemaVersion' | 'path' | 'format' | 'size' | 'findings' | 'files'>;
  readonly files: ReadonlyMap<string, FileEntry>;
  /** SHA-256 of a member, read once. */
  digest(member: string): Promise<string>;
  close(): Promise<void>;
}

/** Throws ARCHIVE_REFUSED for an archive with a broken structure, and for a file that is neither archive nor weights. */
export async function readSide(path: string, context: Context): Promise<Side> {
  const { facts, archive, close } = await openFacts(await findPlace(path, context));
  try {
    const content = await readContent(path, facts, archive);
    const manifest = content.manifest.status === 'ok' ? content.manifest.value : undefined;
    const modelName = manifest?.model?.modelName ?? content.workflow?.manifest.workflow?.workflowName;
    const modelVersion = manifest?.model?.modelVersion;
    return {
      summary: {
        path,
        kind: facts.kind,
        size: archive.size,
        ...(modelName !== undefined && { modelName }),
        ...(modelVersion !== undefined && { modelVersion }),
      },
      facts,
      content,
      files: await facts.members(),
      digest: cachedDigests(facts, context),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readContent(
  path: string,
  facts: ModelFacts,
  { tree, findings }: Awaited<ReturnType<typeof openFacts>>['archive'],
): Promise<Side['content']> {
  if (facts.kind === 'weights') {
    const weights = await describeWeightsFile(facts, path);
    if (weights === undefined) throw archiveRefused(path, findings);
    return weights;
  }
  refuseErrors(path, findings);
  if (tree === undefined) throw archiveRefused(path, findings);
  return describeContent(path, facts, findings);
}

function cachedDigests({ tree }: ModelFacts, context: Context): Side['digest'] {
  const digests = new Map<string, Promise<string>>();
  return (member) => {
    const digest = digests.get(member) ?? tree.open(member).then((source) => hashWithProgress(source, context));
    digests.set(member, digest);
    return digest;
  };
}

/** Whether two members have the same bytes; sizes and checksums that differ spare the reading. */
export async function haveSameBytes(before: Side, member: string, after: Side, other: string): Promise<boolean> {
  const [one, two] = [before.files.get(member), after.files.get(other)];
  if (one === undefined || two === undefined || one.size !== two.size) return false;
  if (one.packed && two.packed && one.packed.crc32 !== two.packed.crc32) return false;
  return (await before.digest(member)) === (await after.digest(other));
}
