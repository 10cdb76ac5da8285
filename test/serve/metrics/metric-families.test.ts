import { expect, test } from 'vitest';
import { metricFamilies } from '../../../src/serve/metrics/metric-families.ts';

test('names in _total and counts of answers are counters, measurements are gauges', () => {
  for (const [name, { type, unit }] of Object.entries(metricFamilies)) {
    expect([name, type]).toEqual([name, /^(Requests|ts_)/.test(name) ? 'counter' : 'gauge']);
    expect(unit).not.toBe('');
  }
});
