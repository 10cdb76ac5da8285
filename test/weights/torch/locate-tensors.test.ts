import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesOf } from '../tensor-bytes.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/weights/torch');
const float32 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('hex');

test('the tensors of a state_dict are their storages', async () => {
  const found = await bytesOf(join(fixtures, 'state-dict-p2.pt'));
  expect([found.weight?.length, found.bias?.length]).toEqual([96, 24]);
});

test('a view of a storage is its part of it; one with gaps is not given', async () => {
  const views = await bytesOf(join(fixtures, 'views-p2.pt'));
  const all = Array.from({ length: 40 }, (_, index) => index);
  expect(views.all).toBe(float32(...all));
  expect(views.all).toContain(views.middle);
  expect(views).not.toHaveProperty('column');
  expect(views).not.toHaveProperty('expanded');
});
