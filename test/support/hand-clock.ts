import type { Clock } from '../../src/serve/pool/clock.ts';

/** A clock turned by hand. */
export function createClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  let timers: { at: number; act: () => void }[] = [];
  return {
    now: () => now,
    after(ms, act) {
      const timer = { at: now + ms, act };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance(ms) {
      now += ms;
      for (const due of timers.filter(({ at }) => at <= now)) {
        timers = timers.filter((one) => one !== due);
        due.act();
      }
    },
  };
}
