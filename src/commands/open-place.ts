import { basename } from 'node:path';
import { readArchive, readArchiveSource } from '../archive/read.ts';
import type { ArchiveReading } from '../archive/structure/types.ts';
import type { Context } from '../core/context.ts';
import { isHttpUrl, openHttp } from '../core/http-source.ts';
import type { Limits } from '../core/limits.ts';
import { locate } from '../core/user-path.ts';
import { findLocalPlace, type Place } from '../model/open-facts.ts';

export async function findPlace(given: string, context: Context): Promise<Place> {
  if (isHttpUrl(given)) {
    const name = URL.canParse(given) ? basename(decodeURI(new URL(given).pathname)) : given;
    return { kind: 'file', name, open: () => openHttp(given, { signal: context.signal }) };
  }
  return findLocalPlace(locate(given, context));
}

/** Reads the structure of an archive or folder at a path or URL; problems become findings. */
export async function readPlace(
  given: string,
  context: Context,
  limits: Partial<Limits> = {},
): Promise<ArchiveReading> {
  const place = await findPlace(given, context);
  if (place.kind === 'folder') return readArchive(place.path, { limits });
  return readArchiveSource(await place.open(), { limits });
}
