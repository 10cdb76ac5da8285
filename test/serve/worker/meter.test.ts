import { expect, test } from 'vitest';
import { parseMetricLine } from '../../../src/serve/metrics/metric-line.ts';
import { createMeter } from '../../../src/serve/worker/meter.ts';

function measured(use: (meter: ReturnType<typeof createMeter>) => void): string[] {
  const lines: string[] = [];
  use(
    createMeter(
      'm',
      { add: (line) => void lines.push(line), replace: (_, make) => void lines.push(make()) },
      () => 1000,
    ),
  );
  return lines;
}

test('a metric is written as a line that the server reads', () => {
  const [line = ''] = measured((meter) => meter.time('Predic.tion', 2.5, ['id']));
  expect(parseMetricLine(line)).toMatchObject({ name: 'Predic_tion', unit: 'Milliseconds', type: 'GAUGE', value: 2.5 });
  expect(line).toContain(',1,id');
});

test('a counter cannot decrease', () => {
  expect(() => measured((meter) => meter.count('Seen', -1, []))).toThrow('cannot grow by -1');
  expect(measured((meter) => meter.count('Seen', 2, []))[0]).toContain('Seen.Count:2');
});
