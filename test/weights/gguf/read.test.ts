import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';

const file = readFileSync(new URL('../../fixtures/weights/gguf/llama.gguf', import.meta.url));

async function read(bytes: Buffer, name = 'm.gguf') {
  const { facts, detected, problems } = await readWeights(bufferSource(name, bytes), name);
  return { facts, detected, rules: problems.map(({ rule }) => rule), messages: problems.map(({ message }) => message) };
}

/** The file with a number of 64 bits put in another's place. */
function withU64(offset: number, value: bigint): Buffer {
  const bytes = Buffer.from(file);
  bytes.writeBigUInt64LE(value, offset);
  return bytes;
}

test('GGUF is recognised by its content, and a name of another format is a problem', async () => {
  expect(await read(file)).toMatchObject({ detected: 'GGUF', rules: [] });
  expect(await read(file, 'weights.bin')).toMatchObject({ detected: 'GGUF', rules: [] });
  expect(await read(file, 'model.pt')).toMatchObject({ detected: 'GGUF', rules: ['weights/extension'] });
});

test('a file cut anywhere is a broken GGUF, never another format and never an exception', async () => {
  for (let length = 5; length < file.length - 32; length += 7) {
    const { detected, rules } = await read(file.subarray(0, length));
    expect(detected).toBe('GGUF');
    expect(new Set(rules), `cut at ${length}`).toEqual(new Set(['weights/malformed']));
  }
});

test('counts and lengths that the file cannot hold are refused at once', async () => {
  for (const [offset, value] of [
    [8, 2n ** 40n],
    [16, 2n ** 63n],
    [24, 2n ** 62n],
  ] as const)
    expect(await read(withU64(offset, value))).toMatchObject({ facts: undefined, rules: ['weights/malformed'] });
});

test('nested lists have a depth limit', async () => {
  const number = (value: number, bytes: 4 | 8) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUInt32LE(value);
    return buffer;
  };
  const nested = Array.from({ length: 200 }, () => Buffer.concat([number(9, 4), number(1, 8)]));
  const head = Buffer.concat([
    file.subarray(0, 8),
    number(0, 8),
    number(1, 8),
    number(1, 8),
    Buffer.from('k'),
    number(9, 4),
  ]);
  expect((await read(Buffer.concat([head, ...nested]))).messages[0]).toContain('nested too deeply');
});

test('an unknown version is not read further', async () => {
  const bytes = Buffer.from(file);
  bytes.writeUInt32LE(9, 4);
  expect((await read(bytes)).messages[0]).toContain('its version is 9');
});
