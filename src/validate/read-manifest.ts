import { readAll } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Limits } from '../core/limits.ts';
import { manifestSchema } from '../core/manifest.ts';
import { MANIFEST_PATH } from '../core/paths.ts';
import { readJsonDocument } from './json-document.ts';
import type { ManifestReading } from './subject.ts';

/** MAR-INF/MANIFEST.json, held to what every reader of it understands alike. */
export async function readManifest(tree: FileTree, limits: Limits): Promise<ManifestReading> {
  if (!(await tree.has(MANIFEST_PATH))) return { kind: 'missing' };
  const source = await tree.open(MANIFEST_PATH);
  try {
    const { size } = source;
    if (size > limits.manifestBytes) {
      return { kind: 'unreadable', reason: `it has ${size} bytes, more than the limit of ${limits.manifestBytes}` };
    }
    const document = readJsonDocument(await readAll(source, limits.manifestBytes), limits.documentDepth);
    return document.kind === 'ok' ? parseManifest(document.value) : document;
  } finally {
    await source.close();
  }
}

export function parseManifest(value: unknown): ManifestReading {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return { kind: 'ok', manifest: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({ pointer: toPointer(path), message }));
  return { kind: 'invalid', problems };
}

/** RFC 6901. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
