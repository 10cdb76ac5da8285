import { expect, test } from 'vitest';
import { areas, defineRule } from '../../src/validate/rule.ts';
import { allRules } from '../../src/validate/rules/index.ts';

test('every area has a rule, and every rule a known area', () => {
  expect([...new Set(allRules.map(({ id }) => id.slice(0, id.indexOf('/'))))].sort()).toEqual([...areas].sort());
});

test('a rule id is unique, and its second part is lower case words', () => {
  const ids = allRules.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => !/^[a-z]+\/[a-z0-9-]+$/.test(id))).toEqual([]);
});

test('a title is one line without a full stop, and help is not empty', () => {
  expect(allRules.filter(({ title }) => /\n|\.$|^$/.test(title)).map(({ id }) => id)).toEqual([]);
  expect(allRules.filter(({ help, title }) => help.length <= title.length).map(({ id }) => id)).toEqual([]);
});

test('defineRule does not compile with an id of an unknown area', () => {
  const words = { severity: 'error', title: 'x', help: 'x.', check: () => [] } as const;
  expect(defineRule({ ...words, id: 'archive/x' }).id).toBe('archive/x');
  // @ts-expect-error: there is no such area.
  defineRule({ ...words, id: 'elsewhere/x' });
});
