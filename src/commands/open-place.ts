import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readArchive, readArchiveSource } from '../archive/read.ts';
import type { ArchiveReading } from '../archive/structure/types.ts';
import { type ByteSource, openFile } from '../core/byte-source.ts';
import type { Context } from '../core/context.ts';
import { isHttpUrl, openHttp } from '../core/http-source.ts';
import type { Limits } from '../core/limits.ts';
import { locate } from '../core/user-path.ts';

/** What a path or URL of the user leads to. */
export type Place =
  | { readonly kind: 'folder'; readonly path: string }
  /** `name` is the last part of the path; `open` opens the bytes anew each time. */
  | { readonly kind: 'file'; readonly name: string; open(): Promise<ByteSource> };

export async function findPlace(given: string, context: Context): Promise<Place> {
  if (isHttpUrl(given)) {
    const name = URL.canParse(given) ? basename(decodeURI(new URL(given).pathname)) : given;
    return { kind: 'file', name, open: () => openHttp(given, { signal: context.signal }) };
  }
  const path = locate(given, context);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { kind: 'folder', path };
  // A file that is not there or cannot be read is worded where it is opened.
  return { kind: 'file', name: basename(path), open: () => openFile(path, 'archive') };
}

/** The structure of the archive or folder at a path or URL; a malformed one is findings. */
export async function readPlace(
  given: string,
  context: Context,
  limits: Partial<Limits> = {},
): Promise<ArchiveReading> {
  const place = await findPlace(given, context);
  if (place.kind === 'folder') return readArchive(place.path, { limits });
  return readArchiveSource(await place.open(), { limits });
}
