import { expect, test } from 'vitest';
import { toRow } from '../../../src/serve/worker/rows.ts';

const parameter = (contentType: string, value: string | Uint8Array, name = 'body') => ({
  name,
  contentType,
  value: Buffer.from(value),
});
const row = (...parameters: ReturnType<typeof parameter>[]) =>
  toRow({ id: 'r', headers: [], parameters }, { decode: true, exactIntegers: false });

test('JSON is parsed, text is a string, everything else is bytes', () => {
  expect(row(parameter('application/json', '{"a":[1,null]}')).body).toEqual({ a: [1, null] });
  expect(row(parameter('text/csv', 'é,2')).body).toBe('é,2');
  expect(row(parameter('image/png', '{}')).body).toEqual(Buffer.from('{}'));
  expect(row(parameter('', 'x')).body).toEqual(Buffer.from('x'));
});

test('what fails to decode stays bytes', () => {
  expect(row(parameter('application/json', '{"a":')).body).toEqual(Buffer.from('{"a":'));
  expect(row(parameter('application/json', '')).body).toEqual(Buffer.alloc(0));
  expect(row(parameter('text/plain', Uint8Array.of(0xff, 0xfe))).body).toEqual(Buffer.of(0xff, 0xfe));
});

test('the last of duplicate keys wins, and `__proto__` is an ordinary key', () => {
  expect(row(parameter('text/plain', '1', 'a'), parameter('text/plain', '2', 'a'))).toEqual({ a: '2' });
  const hostile = row(parameter('application/json', '{"polluted":true}', '__proto__'));
  expect(Object.keys(hostile)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('without decoding every value stays bytes', () => {
  const request = { id: 'r', headers: [], parameters: [parameter('application/json', '1')] };
  expect(toRow(request, { decode: false, exactIntegers: false }).body).toEqual(Buffer.from('1'));
});

test('NaN and Infinity are numbers; large integers are exact for built-in handlers, plain numbers for others', () => {
  const request = { id: 'r', headers: [], parameters: [parameter('application/json', '[NaN, 9007199254740993]')] };
  expect(toRow(request, { decode: true, exactIntegers: true }).body).toEqual([NaN, 9007199254740993n]);
  expect(toRow(request, { decode: true, exactIntegers: false }).body).toEqual([NaN, 9007199254740992]);
});
