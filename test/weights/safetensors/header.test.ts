import { expect, test } from 'vitest';
import { JsonReader } from '../../../src/core/documents/strict-json.ts';
import { Budget } from '../../../src/weights/reading/budget.ts';
import { readHeader } from '../../../src/weights/safetensors/header.ts';

const read = (text: string) => readHeader(new JsonReader(Buffer.from(text)), new Budget());

test('tensors, metadata and unknown keys are read', () => {
  const header = read(
    '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24],"note":1}}',
  );
  expect(header.tensors).toMatchObject([{ name: 'w', shape: [2n, 3n], begin: 0n, end: 24n }]);
  expect([[...header.metadata], [...header.unknownKeys]]).toEqual([[['format', 'pt']], ['note']]);
});

test.each([
  ['{"w":{"shape":[],"data_offsets":[0,4]}}', 'has no dtype'],
  ['{"w":{"dtype":"F32","data_offsets":[0,4]}}', 'has no shape'],
  ['{"w":{"dtype":"F32","shape":[],"data_offsets":[0]}}', 'data_offsets of two numbers'],
  ['{"w":{"dtype":"F33","shape":[],"data_offsets":[0,4]}}', 'F33'],
  ['{"w":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', ''],
  ['{"__metadata__":[]}', ''],
])('%s is malformed', (text, reason) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ name: 'Malformed', message: expect.stringContaining(reason) }),
  );
});
