import { ToolError } from '../../core/errors.ts';
import { compareBytes, type FileTree } from '../../core/file-tree.ts';
import type { PlannedFile } from '../structure/types.ts';

/** A plan as a tree, so that the same rules check it before anything is written. */
export function planTree(label: string, files: readonly PlannedFile[]): FileTree {
  const byPath = new Map<string, PlannedFile>(files.map((file) => [file.path, file]));
  const entries = [...byPath.values()]
    .map(({ path, size, mode }) => ({ path, size, mode }))
    .sort((a, b) => compareBytes(a.path, b.path));
  return {
    label,
    list: async () => entries,
    has: async (path) => byPath.has(path),
    async open(path) {
      const file = byPath.get(path);
      if (file === undefined) throw new ToolError('MEMBER_NOT_FOUND', { label, member: path });
      return { ...(await file.open()), label: path };
    },
    async close() {},
  };
}
