import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readArchiveSource } from '../../src/archive/read.ts';
import { bufferSource, readAll } from '../../src/core/byte-source.ts';
import { isToolError } from '../../src/core/errors.ts';
import { mutate, mutations } from '../support/mutate.ts';
import { seedArchives } from '../support/seed-archives.ts';

/** What the reader hands out: name → content; undefined when it refuses. */
async function contentsOf(bytes: Buffer): Promise<Record<string, string> | undefined> {
  const reading = await readArchiveSource(bufferSource('mutated', bytes));
  try {
    const findings = [...reading.findings, ...(await reading.verify())];
    if (reading.tree === undefined || findings.some(({ severity }) => severity === 'error')) return undefined;
    const contents: Record<string, string> = {};
    for (const { path, size } of await reading.tree.list()) {
      const source = await reading.tree.open(path);
      contents[path] = (await readAll(source, size)).toString('latin1');
      await source.close();
    }
    return contents;
  } finally {
    await reading.close();
  }
}

let seeds: Record<string, Buffer>;
beforeAll(async () => {
  seeds = await seedArchives();
});

test.each(['zip', 'streamed', 'zip64', 'tgz'])(
  'every shorter prefix of a valid %s archive is refused',
  async (name) => {
    const seed = seeds[name] as Buffer;
    expect(await contentsOf(seed)).toBeDefined();
    for (let length = 0; length < seed.length; length++) {
      expect([length, await contentsOf(seed.subarray(0, length))]).toEqual([length, undefined]);
    }
  },
);

describe('every flipped bit of a valid archive is refused or harmless', () => {
  /**
   * Where a flip can change neither names nor bytes, as offsets from each header's signature. Sums and sizes of a local
   * header count only before a descriptor, where a zero may become the true number. Bits of deflated data that no
   * reader looks at (behind the last block, in codes without use) are harmless too: the content is what is compared.
   */
  const harmless = [
    {
      signature: 'PK\u0003\u0004',
      fields: { versionNeeded: [4, 6], timeAndDate: [10, 14], streamedNumbers: [14, 26] },
    },
    { signature: 'PK\u0001\u0002', fields: { versions: [4, 8], timeAndDate: [12, 16], attributes: [36, 42] } },
    { signature: 'PK\u0006\u0006', fields: { versions: [12, 16] } },
  ];
  function harmlessOffsets(bytes: Buffer): Set<number> {
    const offsets = new Set<number>();
    for (const { signature, fields } of harmless) {
      for (let at = bytes.indexOf(signature, 0, 'latin1'); at >= 0; at = bytes.indexOf(signature, at + 1, 'latin1')) {
        for (const [start, end] of Object.values(fields) as [number, number][]) {
          for (let offset = at + start; offset < at + end; offset++) offsets.add(offset);
        }
        const isLocal = signature === 'PK\u0003\u0004';
        const data = at + 30 + bytes.readUInt16LE(at + 26);
        for (
          let offset = data;
          isLocal && bytes.readUInt16LE(at + 8) === 8 && offset < bytes.indexOf('PK', data, 'latin1');
          offset++
        ) {
          offsets.add(offset);
        }
      }
    }
    return offsets;
  }

  test.each(['zip', 'streamed', 'zip64'])(
    '%s: only versions, times, attributes and unused bits of deflated data may change',
    async (name) => {
      const seed = seeds[name] as Buffer;
      const sound = await contentsOf(seed);
      const mayChange = harmlessOffsets(seed);
      for (let at = 0; at < seed.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          const bytes = Buffer.from(seed);
          bytes[at] = (bytes[at] as number) ^ (1 << bit);
          const contents = await contentsOf(bytes);
          if (contents === undefined) continue;
          expect({ at, bit, contents, allowed: mayChange.has(at) }).toEqual({
            at,
            bit,
            contents: sound,
            allowed: true,
          });
        }
      }
    },
  );

  test('tgz: only the time, the level hint and the platform in the gzip header and unused bits of deflated data may change', async () => {
    const seed = seeds.tgz as Buffer;
    const sound = await contentsOf(seed);
    for (let at = 0; at < seed.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Buffer.from(seed);
        bytes[at] = (bytes[at] as number) ^ (1 << bit);
        const contents = await contentsOf(bytes);
        // Bit 0 of the flags says that the content is text: a remark.
        const allowed = (at >= 4 && at < seed.length - 8) || (at === 3 && bit === 0);
        if (contents !== undefined)
          expect({ at, bit, contents, allowed }).toEqual({ at, bit, contents: sound, allowed: true });
      }
    }
  });
});

test('a mutated archive gives findings or a coded error', async () => {
  const names = Object.keys(seeds);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), mutations, async (name, changes) => {
      try {
        await contentsOf(mutate(seeds[name] as Buffer, changes));
      } catch (error) {
        if (!isToolError(error)) throw error;
      }
    }),
    { numRuns: 1500 },
  );
});
