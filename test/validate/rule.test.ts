import { expect, test } from 'vitest';
import { areas } from '../../src/validate/rule.ts';
import { allRules } from '../../src/validate/rules/index.ts';

test('every area has a rule, and every rule an area', () => {
  expect([...new Set(allRules.map(({ id }) => id.slice(0, id.indexOf('/'))))].sort()).toEqual([...areas].sort());
});
