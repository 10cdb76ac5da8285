import { expect, test } from 'vitest';
import { metricFamilies } from '../../../src/serve/metrics/metric-families.ts';

test('what ends in _total or counts answers is a counter, what is measured a gauge', () => {
  for (const [name, { type, unit }] of Object.entries(metricFamilies)) {
    expect([name, type]).toEqual([name, /^(Requests|ts_)/.test(name) ? 'counter' : 'gauge']);
    expect(unit).not.toBe('');
  }
});
