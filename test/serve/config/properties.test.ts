import { expect, test } from 'vitest';
import { parseProperties } from '../../../src/serve/config/properties.ts';

test.each([
  ['a=1', { a: '1' }],
  ['a = 1\nb:2\nc 3', { a: '1', b: '2', c: '3' }],
  ['# comment\n! another\n\n  a=1', { a: '1' }],
  ['models={\\\n  "m": {\\\n "1.0": {}}}', { models: '{"m": {"1.0": {}}}' }],
  ['a=1\na=2', { a: '2' }],
  ['key\\ with\\=signs=v', { 'key with=signs': 'v' }],
  ['path=C:\\\\models\\tb', { path: 'C:\\models\tb' }],
  ['u=\\u00e9', { u: 'é' }],
  ['empty=\nalone', { empty: '', alone: '' }],
  ['a=x \r\nb=y', { a: 'x ', b: 'y' }],
])('parseProperties reads %j as java.util.Properties does', (text, expected) => {
  expect(Object.fromEntries(parseProperties(text))).toEqual(expected);
});
