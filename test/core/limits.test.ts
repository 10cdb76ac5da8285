import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArchive } from '../../src/archive/read.ts';
import { openFile } from '../../src/core/byte-source.ts';
import { defaultLimits, type Limits } from '../../src/core/limits.ts';
import { openFacts } from '../../src/model/open-facts.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

test('the defaults are those of a ZIP without zip64 and of DEFLATE', () => {
  expect([defaultLimits.entries, defaultLimits.ratio]).toEqual([65_535, 1032]);
});

/** An archive of three members, one of them two folders deep. */
async function archive(): Promise<string> {
  const files = { 'a.txt': 'a', 'one/two/long-name.txt': 'bb' };
  return makeMar(join(await tempTree(), 'm.mar'), { files, manifest: manifestOf({}) });
}

test.each<[keyof Limits, number, string]>([
  ['entries', 2, 'archive/entries'],
  ['totalBytes', 2, 'archive/total-size'],
  ['nameBytes', 10, 'archive/name-length'],
  ['nameDepth', 2, 'archive/name-length'],
  ['manifestBytes', 20, 'archive/manifest-size'],
])('%s: an archive beyond it is refused, and accepted with the default', async (limit, value, rule) => {
  const path = await archive();
  const found = async (limits: Partial<Limits>) => {
    const reading = await readArchive(path, { limits });
    await reading.close();
    return reading.findings.filter(({ severity }) => severity === 'error').map((finding) => finding.rule);
  };
  expect(await found({})).toEqual([]);
  expect(await found({ [limit]: value })).toContain(rule);
});

test('documentDepth: a manifest that nests deeper is refused', async () => {
  const path = await archive();
  const kindOf = async (limits: Partial<Limits>) => {
    const place = { kind: 'file', name: 'm.mar', path, open: () => openFile(path) } as const;
    const { facts, close } = await openFacts(place, { limits });
    const { kind } = await facts.manifest();
    await close();
    return kind;
  };
  expect([await kindOf({}), await kindOf({ documentDepth: 1 })]).toEqual(['ok', 'unreadable']);
});
