import { expect, test } from 'vitest';
import { backOffMs } from '../../../src/serve/pool/restart-backoff.ts';

test('the restart delay grows with each failure, up to 1597 s as in TorchServe', () => {
  const waits = Array.from({ length: 20 }, (_, failures) => backOffMs(failures));
  expect(waits.slice(0, 5)).toEqual([1000, 1000, 2000, 3000, 5000]);
  expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  expect(waits.at(-1)).toBe(1_597_000);
});
