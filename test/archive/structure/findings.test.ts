import { expect, test } from 'vitest';
import { createFindingLog } from '../../../src/archive/structure/findings.ts';

test('a finding has the severity of its rule, and its location', () => {
  const log = createFindingLog('m.mar');
  log.add('archive/crc', 'The content is damaged.', { member: 'a' });
  expect(log.findings).toMatchObject([{ rule: 'archive/crc', severity: 'error', at: { path: 'm.mar', member: 'a' } }]);
});

test('after an error the members are unknown, unless the error only concerns form', () => {
  const log = createFindingLog('m.mar');
  log.add('archive/descriptor-stored', 'x');
  expect([log.untrusted(), log.has((rule) => rule === 'archive/descriptor-stored')]).toEqual([false, true]);
  log.add('archive/overlap', 'x');
  expect(log.untrusted()).toBe(true);
});
