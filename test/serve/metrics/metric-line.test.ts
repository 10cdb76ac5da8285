import { expect, test } from 'vitest';
import { parseMetricLine } from '../../../src/serve/metrics/metric-line.ts';

test('a metric line is read with unit, type and dimensions', () => {
  const line = '[METRICS]HandlerTime.ms:1.5|#ModelName:m,Level:Model|#type:GAUGE|#hostname:h,1700000000,id';
  expect(parseMetricLine(line)).toEqual({
    name: 'HandlerTime',
    unit: 'ms',
    type: 'GAUGE',
    value: 1.5,
    dimensions: new Map([
      ['ModelName', 'm'],
      ['Level', 'Model'],
    ]),
    hostname: 'h',
    requestId: 'id',
  });
  expect(parseMetricLine(`INFO > ${line}`)?.value).toBe(1.5);
});

test.each(['HandlerTime.ms:1', '[METRICS]', '[METRICS]a.ms:x|#|#hostname:h,1', '[METRICS]a.ms:1-2|#|#hostname:h,1'])(
  '%s is not a metric line',
  (line) => {
    expect(parseMetricLine(line)).toBeUndefined();
  },
);
