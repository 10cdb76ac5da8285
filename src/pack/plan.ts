import type { PlannedFile } from '../archive/structure/types.ts';
import { type ByteSource, bufferSource, openFile } from '../core/byte-source.ts';
import { ToolError } from '../core/errors.ts';
import { compareBytes } from '../core/file-tree.ts';
import { collisionKey } from '../core/names/collision-key.ts';
import { type ArchivePath, MANIFEST_PATH, toArchivePath, WORKFLOW_MANIFEST_PATH } from '../core/paths.ts';
import { type Manifest, pythonJson } from '../model/documents/manifest.ts';
import type { WorkflowManifest } from '../model/documents/workflow-manifest.ts';

/** A file that was found for the archive: on disk (`absolute`), made on the way (`bytes`), or wherever `open` finds it. */
export interface PackInput {
  /** Role of the file, in the words of the option: "serialized file", "handler", "extra file". */
  readonly role: string;
  /** Name in the archive. */
  readonly destination: string;
  /** Its name in messages. */
  readonly origin: string;
  readonly size: number;
  readonly mode: number;
  readonly absolute?: string;
  readonly bytes?: Uint8Array;
  /** Of a file inside another one, or of a folder of links. */
  readonly open?: () => Promise<ByteSource>;
}

/** Two inputs that claim one name: the later one is in the archive, as upstream's copying order has it. */
export interface Collision {
  readonly path: string;
  readonly kept: PackInput;
  readonly lost: PackInput;
}

export interface PackPlan {
  /** UTF-8 order, the manifest last. */
  readonly files: readonly PlannedFile[];
  readonly collisions: readonly Collision[];
}

/**
 * Pure: inputs in upstream's copying order → the files to write. Throws UNSAFE_NAME for a name that is not allowed in
 * an archive.
 */
export function planArchive(inputs: readonly PackInput[], manifest: Manifest | WorkflowManifest): PackPlan {
  const manifestPath = 'workflow' in manifest ? WORKFLOW_MANIFEST_PATH : MANIFEST_PATH;
  const chosen = new Map<string, PackInput>();
  const collisions: Collision[] = [];
  const bytes = Buffer.from(pythonJson(manifest));
  const all = [
    ...inputs,
    {
      role: 'manifest',
      destination: manifestPath,
      origin: 'the new manifest',
      size: bytes.length,
      mode: 0o644,
      bytes,
    },
  ];
  for (const input of all) {
    // Names that differ only in case are one file on macOS and Windows, and our reader refuses such a pair.
    const key = collisionKey(input.destination);
    const earlier = chosen.get(key);
    if (earlier && earlier.origin !== input.origin)
      collisions.push({ path: input.destination, kept: input, lost: earlier });
    chosen.set(key, input);
  }
  refuseFilesAsFolders(chosen);
  const files = [...chosen.values()].map(toPlannedFile).sort(inArchiveOrder(manifestPath));
  return { files, collisions };
}

/** A name cannot be a file and a folder at once; upstream ends in a FileExistsError or loses one of the two. */
function refuseFilesAsFolders(chosen: ReadonlyMap<string, PackInput>): void {
  for (const [key, input] of chosen) {
    for (let slash = key.indexOf('/'); slash > 0; slash = key.indexOf('/', slash + 1)) {
      const file = chosen.get(key.slice(0, slash));
      if (file)
        throw new ToolError('UNSAFE_NAME', {
          name: file.destination,
          reason: `${input.origin} needs a folder of that name`,
        });
    }
  }
}

function inArchiveOrder(manifestPath: ArchivePath) {
  return (a: PlannedFile, b: PlannedFile): number => {
    const last = Number(a.path === manifestPath) - Number(b.path === manifestPath);
    return last || compareBytes(a.path, b.path);
  };
}

function toPlannedFile({ role, destination, origin, size, mode, absolute, bytes, ...more }: PackInput): PlannedFile {
  const open = more.open ?? (async () => (bytes ? bufferSource(origin, bytes) : openFile(absolute ?? origin, role)));
  return { path: toArchivePath(destination), size, mode, origin, open };
}
