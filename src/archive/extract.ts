import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { forEachOf } from '../core/concurrency.ts';
import { ToolError } from '../core/errors.ts';
import type { FileEntry, FileTree } from '../core/file-tree.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import { writeFolderAtomically } from './bytes/atomic-output.ts';

export interface ExtractOptions {
  readonly force?: boolean | undefined;
  /** Which members; all when absent. */
  readonly include?: ((path: string) => boolean) | undefined;
  readonly exclude?: ((path: string) => boolean) | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes written so far. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

export interface Extraction {
  readonly target: string;
  readonly files: number;
  readonly bytes: number;
}

/** Members written at a time. */
const AT_ONCE = 4;

/**
 * Writes the members below a private folder next to the target, which becomes the target by one rename when every byte
 * was verified. A tree only has safe names; bytes are counted while they are written, not taken from headers.
 */
export async function extractTree(tree: FileTree, target: string, options: ExtractOptions = {}): Promise<Extraction> {
  const entries = (await tree.list()).filter(
    ({ path }) => (options.include?.(path) ?? true) && !options.exclude?.(path),
  );
  const budget = createBudget(tree.label, { ...defaultLimits, ...options.limits }, options.onBytes);
  await writeFolderAtomically({ target, force: options.force, signal: options.signal }, async (folder) => {
    await createFolders(folder, entries);
    await forEachOf(entries, AT_ONCE, async (entry) => {
      options.signal?.throwIfAborted();
      await extractMember(tree, entry, folder, budget, options.signal);
    });
  });
  return { target, files: entries.length, bytes: budget.done() };
}

async function createFolders(root: string, entries: readonly FileEntry[]): Promise<void> {
  const folders = new Set(entries.map(({ path }) => dirname(path)).filter((folder) => folder !== '.'));
  for (const folder of folders) await mkdir(join(root, ...folder.split('/')), { recursive: true });
}

interface Budget {
  spend(bytes: number): void;
  done(): number;
}

function createBudget(label: string, { totalBytes }: Limits, onBytes: ((done: number) => void) | undefined): Budget {
  let done = 0;
  return {
    spend(bytes) {
      done += bytes;
      if (done > totalBytes) {
        throw new ToolError('LIMIT_EXCEEDED', {
          what: `The unpacked size of ${label}`,
          found: done,
          limit: totalBytes,
          unit: 'bytes',
        });
      }
      onBytes?.(done);
    },
    done: () => done,
  };
}

async function extractMember(
  tree: FileTree,
  entry: FileEntry,
  root: string,
  budget: Budget,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = await tree.open(entry.path);
  try {
    // Exclusive: a name that two members share on this file system is an error, not an overwrite.
    const handle = await open(join(root, ...entry.path.split('/')), 'wx', entry.mode);
    try {
      for await (const piece of source.stream()) {
        signal?.throwIfAborted();
        budget.spend(piece.length);
        for (let done = 0; done < piece.length; ) done += (await handle.write(piece, done)).bytesWritten;
      }
    } finally {
      await handle.close();
    }
  } finally {
    await source.close();
  }
}
