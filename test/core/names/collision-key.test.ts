import { expect, it } from 'vitest';
import { collisionKey } from '../../../src/core/names/collision-key.ts';

it.each([
  ['letter case', 'Model.py', 'model.PY'],
  ['case beyond ASCII', 'Straße', 'STRASSE'],
  ['Unicode form', 'caf\u00e9', 'cafe\u0301'],
  ['Cyrillic letters', 'handler.py', 'h\u0430ndl\u0435r.py'],
  ['Greek letters', 'MODEL', 'M\u039fDEL'],
  ['full-width letters', 'model.py', '\uff4dodel.py'],
  ['mathematical letters', 'model', '\u{1d426}odel'],
  ['a dotless i', 'infer.py', '\u0131nfer.py'],
  ['another hyphen', 'MAR-INF', 'MAR\u2011INF'],
  ['a slash that is none', 'MAR-INF/a', 'MAR-INF\u2044a'],
  ['another blank', 'a b', 'a\u00a0b'],
])('names that differ in %s have the same key', (_, one, other) => {
  expect(collisionKey(one)).toBe(collisionKey(other));
});

it.each([
  ['a', 'b'],
  ['é', 'e'],
  ['m²', 'm2'],
  ['в', 'b'],
  ['модель', 'mogenb'],
  ['l', '1'],
  ['α', 'a'],
  ['你', '好'],
])('%s and %s have different keys', (one, other) => {
  expect(collisionKey(one)).not.toBe(collisionKey(other));
});
