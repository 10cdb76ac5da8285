import { expect, test } from 'vitest';
import { monotonicClock } from '../../../src/serve/pool/clock.ts';

test('time never goes backwards, and a cancelled timer does not fire', async () => {
  const before = monotonicClock.now();
  const called: string[] = [];
  const cancel = monotonicClock.after(0, () => called.push('cancelled'));
  cancel();
  await new Promise<void>((resolve) => void monotonicClock.after(1, resolve));
  expect(monotonicClock.now()).toBeGreaterThanOrEqual(before);
  expect(called).toEqual([]);
});
