import { expect, test } from 'vitest';
import { formatBare, formatDay, formatRecord } from '../../../src/serve/logs/log-line.ts';

const now = new Date(2026, 0, 2, 3, 4, 5, 6);

test('a line has the layout of log4j: local time, a comma before milliseconds, the level in five columns', () => {
  expect(formatBare(now, 'm')).toBe('2026-01-02T03:04:05,006 - m');
  const record = { level: 'WARN', thread: 'W-9000-m_1.0-stderr', logger: 'MODEL_LOG', message: 'careful' } as const;
  expect(formatRecord(now, record)).toBe('2026-01-02T03:04:05,006 [WARN ] W-9000-m_1.0-stderr MODEL_LOG - careful');
});

test('a date is two digits and an English month', () => {
  expect([formatDay(now), formatDay(new Date(2026, 11, 31))]).toEqual(['02-Jan', '31-Dec']);
});
