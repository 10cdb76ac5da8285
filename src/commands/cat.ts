import { z } from 'zod';
import { requireSound } from '../archive/open.ts';
import { type Context, createContext } from '../core/context.ts';
import { memberNotFound } from './member-not-found.ts';
import { readPlace } from './open-place.ts';
import { parseOptions } from './parse-options.ts';

export const catOptionsSchema = z.object({ path: z.string().min(1), member: z.string().min(1) });
export type CatOptions = z.input<typeof catOptionsSchema>;

/**
 * Streams one file of an archive; a piece is valid until the next one is requested. The checksum is checked at the end, so
 * that a late error means damaged output. Throws MEMBER_NOT_FOUND.
 */
export async function* cat(options: CatOptions, context: Context = createContext()): AsyncGenerator<Uint8Array> {
  const { path, member } = parseOptions(catOptionsSchema, options, 'cat');
  const tree = await requireSound(path, await readPlace(path, context));
  try {
    if (!(await tree.has(member)))
      throw memberNotFound(
        path,
        member,
        (await tree.list()).map((entry) => entry.path),
      );
    const source = await tree.open(member);
    try {
      for await (const piece of source.stream()) {
        context.signal.throwIfAborted();
        yield piece;
      }
    } finally {
      await source.close();
    }
  } finally {
    await tree.close();
  }
}
