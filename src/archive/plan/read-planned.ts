import type { ByteSource } from '../../core/byte-source.ts';
import { ToolError } from '../../core/errors.ts';
import type { PlannedFile } from '../structure/types.ts';

/** Opens a planned file and checks that its size is still the planned one. */
export async function openPlanned(file: PlannedFile): Promise<ByteSource> {
  const source = await file.open();
  if (source.size === file.size) return source;
  await source.close();
  throw new ToolError('INPUT_CHANGED', { path: file.origin, expected: file.size, found: `${source.size}` });
}

/** Gives the content in chunks; a chunk is valid until the promise returned by `use` is settled. */
export async function readPlanned(file: PlannedFile, use: (piece: Uint8Array) => Promise<void>): Promise<void> {
  const source = await openPlanned(file);
  try {
    for await (const piece of source.stream()) await use(piece);
  } catch (cause) {
    throw toInputError(cause, file);
  } finally {
    await source.close();
  }
}

/** A source that ends early was truncated while it was read. */
export function toInputError(cause: unknown, file: PlannedFile): unknown {
  if (!(cause instanceof ToolError) || cause.code !== 'SOURCE_TRUNCATED') return cause;
  return new ToolError('INPUT_CHANGED', { path: file.origin, expected: file.size, found: 'fewer' }, { cause });
}
