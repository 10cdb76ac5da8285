import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gunzipStream } from '../../../src/archive/tar/gunzip.ts';
import { bufferSource } from '../../../src/core/byte-source.ts';

async function gunzip(bytes: Uint8Array, limit = 1000): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of gunzipStream(bufferSource('m', bytes), limit)) all.push(Buffer.from(piece));
  return Buffer.concat(all).toString();
}

const changed = (at: number, value: number) => {
  const bytes = gzipSync('content');
  bytes[at < 0 ? bytes.length + at : at] = value;
  return bytes;
};

test('the content is restored, also if the header names the file', async () => {
  const plain = gzipSync('content');
  const named = Buffer.concat([changed(3, 8).subarray(0, 10), Buffer.from('m.tar\0'), plain.subarray(10)]);
  expect([await gunzip(plain), await gunzip(named)]).toEqual(['content', 'content']);
});

test.each([
  ['another method', changed(2, 7), 'method 8'],
  ['a reserved flag', changed(3, 0x80), 'method 8'],
  ['a name without an end', changed(3, 8).fill(1, 10), 'does not end'],
  ['another CRC-32', changed(-8, 1), 'CRC-32'],
  ['another size', changed(-4, 1), 'its trailer says 1'],
  ['no trailer', gzipSync('content').subarray(0, 15), 'inside its header or trailer'],
])('%s is refused', async (_, bytes, reason) => {
  await expect(gunzip(bytes)).rejects.toThrow(reason);
});

test('more than the limit is refused', async () => {
  await expect(gunzip(gzipSync('x'.repeat(1001)))).rejects.toThrow('more than 1000 bytes');
});
