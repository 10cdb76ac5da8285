import { expect, test } from 'vitest';
import { firstText, messagesOf, readPbtxt } from '../../../../src/model/artefact/common/pbtxt.ts';

function read(text: string) {
  const reading = readPbtxt(text);
  if (reading.kind !== 'ok') throw new Error(reading.reason);
  return reading.message;
}

test('fields, messages and lists in every way they are written', () => {
  const message = read(`
    name: "a" 'b' # a string in two parts
    max_batch_size: -8, input [ { name: "x" dims: [ -1, 3 ] }, { name: "y" } ];
    output { name: "o\\n" } output < name: "p" >
    dynamic_batching { }
  `);
  expect(firstText(message, 'name')).toBe('ab');
  expect(firstText(message, 'max_batch_size')).toBe('-8');
  expect(messagesOf(message, 'input').map((input) => firstText(input, 'name'))).toEqual(['x', 'y']);
  expect(messagesOf(message, 'input')[0]?.get('dims')).toEqual(['-1', '3']);
  expect(messagesOf(message, 'output').map((output) => firstText(output, 'name'))).toEqual(['o\n', 'p']);
  expect(messagesOf(message, 'dynamic_batching')).toHaveLength(1);
});

test.each([
  ['a message that does not end', 'a {', 'ends where a field'],
  ['a value without a colon', 'a "b"', 'where a value'],
  ['a mark as a field', ': 1', 'where a field'],
  ['a character of no token', 'a: 1\nb: %', 'line 2'],
  ['too deep', 'a { '.repeat(40), 'nested deeper than 32'],
])('%s is unreadable, and said why', (_, text, reason) => {
  expect(readPbtxt(text)).toMatchObject({ kind: 'unreadable', reason: expect.stringContaining(reason) });
});
