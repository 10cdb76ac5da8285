import { expect, test } from 'vitest';
import { createBlockReader } from '../../../src/archive/tar/block-reader.ts';

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

test('reads cross chunks, and are short only at the end', async () => {
  const reader = createBlockReader(pieces('01', '234', '5'));
  expect((await reader.take(3)).toString()).toBe('012');
  expect(await reader.skip(1)).toBe(1);
  expect(reader.position).toBe(4);
  expect((await reader.take(9)).toString()).toBe('45');
  expect(await reader.skip(1)).toBe(0);
});

test.each([
  ['zeros', ['\0\0', '\0'], undefined],
  ['a byte in the second piece', ['\0\0', '\0x\0'], 3],
])('the remaining bytes are searched for a non-zero byte: %s', async (_, texts, wanted) => {
  expect(await createBlockReader(pieces(...texts)).findNonZero()).toBe(wanted);
});
