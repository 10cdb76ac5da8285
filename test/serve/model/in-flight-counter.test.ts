import { expect, test } from 'vitest';
import { createInFlightCounter } from '../../../src/serve/model/in-flight-counter.ts';

function fakeClock() {
  const timers = new Set<() => void>();
  return {
    now: () => 0,
    after(_ms: number, act: () => void) {
      timers.add(act);
      return () => void timers.delete(act);
    },
    timers,
  };
}

test('requests are counted in total and by owner, and can be awaited', async () => {
  const clock = fakeClock();
  const counter = createInFlightCounter<object>(clock);
  const owner = {};
  const [endOwned, endOther] = [counter.begin(owner), counter.begin()];
  const idle = Promise.all([counter.idle(1000, owner), counter.idle(1000)]);
  expect(counter.size).toBe(2);
  endOwned();
  endOther();
  expect([await idle, counter.size, clock.timers.size]).toEqual([[true, true], 0, 0]);
});

test('a grace period that ends first is reported', async () => {
  const clock = fakeClock();
  const counter = createInFlightCounter<object>(clock);
  counter.begin();
  const idle = counter.idle(1000);
  for (const act of clock.timers) act();
  expect(await idle).toBe(false);
  expect(await counter.idle(1000, {})).toBe(true);
});
