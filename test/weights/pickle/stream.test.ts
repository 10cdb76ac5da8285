import { expect, test } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { isConvincing, mayBePickle, runPickles } from '../../../src/weights/pickle/stream.ts';
import { Window } from '../../../src/weights/reading/window.ts';
import { op, payload, pickle } from '../pickle-bytes.ts';

const run = (...parts: Uint8Array[]) => runPickles(new Window(bufferSource('m', Buffer.concat(parts))));

test('consecutive pickles are run one by one', async () => {
  const { runs, trailing } = await run(pickle(op.proto(2), op.none), pickle(op.proto(2), op.emptyDict));
  expect([runs.length, trailing]).toEqual([2, undefined]);
});

test('bytes after the last pickle are reported with their offset', async () => {
  const first = pickle(op.proto(2), op.emptyDict);
  expect((await run(first, Buffer.from('\x00\x00\x00\x00'))).trailing).toBe(first.length);
});

test('a pickle with a global is accepted as one, a lone number is not', async () => {
  const [calling] = (await run(pickle(op.proto(2), payload))).runs;
  const [empty] = (await run(pickle(op.proto(2), op.none))).runs;
  expect([calling && isConvincing(calling), empty && isConvincing(empty)]).toEqual([true, false]);
});

test('the first bytes show what may be a pickle', () => {
  const openers = Buffer.from([
    ...Buffer.from('(c}])VSUTXIJKLMNFGPBC'),
    0x80,
    0x82,
    0x88,
    0x8a,
    0x8c,
    0x8e,
    0x8f,
    0x95,
  ]);
  expect([...openers].filter((byte) => !mayBePickle(byte))).toEqual([]);
  // Nothing, a NUL, and opcodes that take from an empty stack.
  expect([...Buffer.from('\0.0R2t')].filter(mayBePickle)).toEqual([]);
});
