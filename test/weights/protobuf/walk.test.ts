import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { type Fields, message, walkMessage } from '../../../src/weights/protobuf/walk.ts';
import { message as encoded, integer, text, varint } from '../onnx/protobuf-bytes.ts';

interface Node {
  readonly seen: unknown[];
}

const fields: Fields<Node> = {
  1: { kind: 'integer', put: ({ seen }, value) => void seen.push(value) },
  2: { kind: 'text', put: ({ seen }, value) => void seen.push(value) },
  3: message(
    () => fields,
    ({ seen }) => {
      const inner: unknown[] = [];
      seen.push(inner);
      return { seen: inner };
    },
  ),
  4: { kind: 'bytes', put: ({ seen }, length, offset) => void seen.push({ length, offset }) },
};

async function walk(...parts: Uint8Array[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  await walkMessage(bufferSource('m', Buffer.concat(parts)), fields, { seen });
  return seen;
}

test('numbers, texts, bytes and nested messages are visited in order, unknown fields are skipped', async () => {
  const found = await walk(
    integer(1, -2),
    text(9, 'unknown'),
    encoded(3, text(2, 'é'), integer(1, 7)),
    encoded(4, Buffer.from('abc')),
  );
  expect(found).toEqual([-2n, ['é', 7n], { length: 3, offset: expect.any(Number) }]);
});

test('packed numbers are visited one by one', async () => {
  expect(await walk(encoded(1, varint(1), varint(300)))).toEqual([1n, 300n]);
});

test.each([
  ['a message longer than its outer one', Buffer.concat([Buffer.from([0x1a, 5]), integer(1, 1)])],
  ['a number that does not end', Buffer.from([0x08, 0xff])],
  ['a group, which no model has', Buffer.from([0x0b])],
])('%s is malformed', async (_, bytes) => {
  await expect(walk(bytes)).rejects.toMatchObject({ name: 'Malformed', offset: expect.any(Number) });
});

test('messages nest as deep as protobuf allows', async () => {
  const nest = (depth: number) => {
    let bytes: Buffer = integer(1, 1);
    for (let level = 0; level < depth; level++) bytes = encoded(3, bytes);
    return bytes;
  };
  await expect(walk(nest(99))).resolves.toHaveLength(1);
  await expect(walk(nest(101))).rejects.toMatchObject({ name: 'Malformed' });
});
