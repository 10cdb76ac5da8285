import { crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bufferSource, readAll } from '../../../src/core/byte-source.ts';
import { matchesChecksum, openMember } from '../../../src/weights/zip/open-member.ts';

const content = Buffer.alloc(100_000, 'weights ');

function member(method: number, packed: Uint8Array) {
  const facts = {
    name: 'a',
    method,
    size: content.length,
    packedSize: packed.length,
    crc32: crc32(content),
    offset: 0,
  };
  return { source: bufferSource('m.pt', packed), facts };
}

test.each([
  ['stored', 0, content],
  ['deflated', 8, deflateRawSync(content)],
])('a %s member is read', async (_, method, packed) => {
  const { source, facts } = member(method, packed);
  const bytes = await readAll(await openMember(source, facts, 1_000_000), 1_000_000);
  expect([bytes.equals(content), matchesChecksum(bytes, facts)]).toEqual([true, true]);
  expect(matchesChecksum(Buffer.alloc(content.length), facts)).toBe(false);
});

test('a deflated member is inflated up to the limit only', async () => {
  const { source, facts } = member(8, deflateRawSync(content));
  expect((await openMember(source, facts, 10)).size).toBe(10);
});

test.each([
  ['another method', 12, content, 'ZIP method 12'],
  ['an invalid deflate stream', 8, Buffer.alloc(10, 255), 'does not inflate'],
])('%s is malformed', async (_, method, packed, words) => {
  const { source, facts } = member(method, packed);
  await expect(openMember(source, facts, 1000)).rejects.toThrow(words);
});
