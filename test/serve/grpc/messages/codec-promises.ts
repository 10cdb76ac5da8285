import fc from 'fast-check';
import { expect } from 'vitest';
import { isToolError } from '../../../../src/core/errors.ts';
import { mutate, mutations } from '../../../support/mutate.ts';
import { arbitraryOf, type MessagePair } from './message-pairs.ts';

/** A pause of the machine or of the garbage collector. */
const GRACE_MS = 5_000;

/** Any message that protobufjs writes is read by ours, and the other way round. */
export function expectRoundTrip({ table, descriptor, read, write }: MessagePair, runs: number): void {
  fc.assert(
    fc.property(arbitraryOf(descriptor, []), (message) => {
      const written = write(message);
      const again = table.encode(table.decode(written) ?? {});
      expect(read(again)).toEqual(read(written));
      expect(table.encode(table.decode(again) ?? {}).equals(again)).toBe(true);
    }),
    { numRuns: runs },
  );
}

/** What mistakes do to a message: it is refused with our own error, or read as protobufjs reads it. */
export function expectEqualReading({ table, descriptor, read, write }: MessagePair, runs: number): void {
  fc.assert(
    fc.property(arbitraryOf(descriptor, []), mutations, (message, changes) => {
      const mutant = mutate(write(message), changes);
      const started = performance.now();
      const decoded = attempt(() => table.decode(mutant));
      expect(performance.now() - started).toBeLessThan(GRACE_MS);
      if ('error' in decoded) {
        expect(isToolError(decoded.error) && decoded.error.code, String(decoded.error)).toBe('REQUEST_INVALID');
        return;
      }
      const again = read(table.encode(decoded.value ?? {}));
      const wanted = attempt(() => read(mutant));
      // proto-loader itself fails over a map whose member has no value, which the format allows.
      const isPeersFault = 'error' in wanted && wanted.error instanceof TypeError;
      if (!isPeersFault && !hasMiddlingNumber(mutant)) expect(wanted).toEqual({ value: again });
    }),
    { numRuns: runs },
  );
}

/** Numbers of six to nine bytes: protobufjs takes them for ten where it wants 32 bits, and reads on behind them. */
function hasMiddlingNumber(bytes: Buffer): boolean {
  return /(?:^|[\0-\x7f])[\x80-\xff]{5,8}[\0-\x7f]/.test(bytes.toString('latin1'));
}

function attempt<T>(act: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
}
