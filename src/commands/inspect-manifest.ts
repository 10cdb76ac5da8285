import { readAll } from '../core/byte-source.ts';
import { describeError } from '../core/errors.ts';
import type { FileTree } from '../core/file-tree.ts';
import { defaultLimits } from '../core/limits.ts';
import { manifestSchema } from '../core/manifest.ts';
import { MANIFEST_PATH } from '../core/paths.ts';
import type { InspectResult } from './inspect-result.ts';

/** MAR-INF/MANIFEST.json as far as its form allows; `validate` is where the reasons are taken apart. */
export async function readManifest(tree: FileTree): Promise<InspectResult['manifest']> {
  if (!(await tree.has(MANIFEST_PATH))) return { status: 'missing' };
  const source = await tree.open(MANIFEST_PATH);
  try {
    const bytes = await readAll(source, defaultLimits.manifestBytes);
    const parsed = manifestSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (parsed.success) return { status: 'ok', value: parsed.data };
    const [issue] = parsed.error.issues;
    return unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  } catch (error) {
    return unreadable(describeError(error));
  } finally {
    await source.close();
  }
}

function unreadable(reason: string): InspectResult['manifest'] {
  return { status: 'unreadable', reason: `MANIFEST.json cannot be read: ${reason}` };
}
