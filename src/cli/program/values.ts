import { ToolError } from '../../core/errors.ts';
import type { RawValues } from './flags.ts';

/**
 * Raw values → options of the use case, without the flags of every command. commander has checked the names; the use case's
 * zod schema checks the values, so the caller may name the type it expects.
 */
export function toOptions<Options>({ json: _json, quiet: _quiet, progress: _progress, ...rest }: RawValues): Options {
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Options;
}

const compressions = ['auto', 'store', 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
type Compression = (typeof compressions)[number];

/** `auto`, `store` or zlib's level; the flag allows nothing else. */
export function toCompression(given: unknown): { compression?: Compression } {
  const compression = compressions.find((known) => String(known) === given);
  return compression === undefined ? {} : { compression };
}

/** `id=setting` pairs as a record; the last of a repeated id wins. */
export function toSettings(option: string, pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new ToolError('INVALID_OPTION', { option, found: JSON.stringify(pair), expected: 'ID=SETTING' });
    }),
  );
}
