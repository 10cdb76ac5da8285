import { expect, test } from 'vitest';
import { isToolError } from '../../../../src/core/errors.ts';
import { modelInferRequest } from '../../../../src/serve/grpc/messages/open-inference.ts';
import { expectEqualReading, expectRoundTrip } from './codec-promises.ts';
import { definitions, fill, messagePairs, methods } from './message-pairs.ts';

test('every method of the .proto files is declared, and no other', () => {
  const named = Object.entries(definitions).flatMap(([name, definition]) =>
    'format' in definition ? [] : Object.keys(definition).map((method) => `${name}/${method}`),
  );
  expect(methods.map(([name, method]) => `${name}/${method}`).sort()).toEqual(named.sort());
  expect(named.length).toBeGreaterThan(15);
});

test.each(messagePairs)('$name: what protobufjs writes is read and written again the same', ({ table, ...peer }) => {
  const written = peer.write(fill(peer.descriptor, []));
  const again = table.encode(table.decode(written) ?? {});
  expect(peer.read(again)).toEqual(peer.read(written));
  expect(again.length).toBe(written.length);
});

test.each(messagePairs)('$name: any message is read as protobufjs reads it', (pair) => {
  expectRoundTrip(pair, 100);
});

test.each(messagePairs)('$name: bytes with mistakes are read as protobufjs reads them, or refused', (pair) => {
  expectEqualReading(pair, 300);
});

/** A message with one field, written by hand. */
const field = (number: number, bytes: Buffer) => {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
  }
};
const repeat = (count: number, make: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
const INPUTS = 5;
const SHAPE = 3;
const PARAMETERS = 4;

test('small bytes do not become many objects: the members of all lists are counted together', () => {
  const parameters = repeat(200, (index) => field(PARAMETERS, field(1, Buffer.from(String(index)))));
  const shape = field(SHAPE, Buffer.alloc(900, 1));
  expect(modelInferRequest.decode(repeat(40, () => field(INPUTS, shape))).inputs).toHaveLength(40);
  for (const input of [shape, parameters]) {
    const message = repeat(500, () => field(INPUTS, input));
    expect(codeOf(() => modelInferRequest.decode(message))).toBe('REQUEST_INVALID');
  }
});

test('a list that comes in a million pieces is read in the time of one', () => {
  const full = field(SHAPE, Buffer.alloc(900, 1));
  const message = field(INPUTS, Buffer.concat([full, repeat(1_000_000, () => Buffer.from([(SHAPE << 3) | 2, 0]))]));
  const started = performance.now();
  expect(modelInferRequest.decode(message).inputs[0]?.shape).toHaveLength(900);
  // Copied each time they would be a thousand million numbers.
  expect(performance.now() - started).toBeLessThan(30_000);
});

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return isToolError(error) ? error.code : String(error);
  }
}
