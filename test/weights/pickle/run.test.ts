import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { runPickle } from '../../../src/weights/pickle/run.ts';
import { Window } from '../../../src/weights/reading/window.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';

const run = (bytes: Uint8Array) => runPickle(new Window(bufferSource('m', bytes)));

test('a pickle gives the value it would build, and its end', async () => {
  const bytes = pickle(op.proto(2), op.mark, op.text('a'), op.none, op.tuple);
  const { value, start, end, operations, error } = await run(Buffer.concat([bytes, Buffer.from('more')]));
  expect(value).toMatchObject({ kind: 'tuple', items: ['a', null] });
  expect([start, end, operations, error]).toEqual([0, bytes.length, 6, undefined]);
});

test('a call is recorded and never made', async () => {
  const { machine, value } = await run(pickle(op.proto(2), payload));
  expect(machine.globals.get('os.system')).toMatchObject({ called: true });
  expect(value).toMatchObject({ kind: 'call' });
});

test('a truncated pickle is reported with its offset', async () => {
  const { value, error } = await run(Buffer.concat([op.proto(2), Buffer.from('X\x05\0\0\0ab')]));
  expect([value, error?.name]).toEqual([undefined, 'Malformed']);
});
