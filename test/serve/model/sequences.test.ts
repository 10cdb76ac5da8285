import { expect, test } from 'vitest';
import { endsSequence, toSequenced } from '../../../src/serve/model/sequences.ts';
import type { InferenceRequest, Prediction } from '../../../src/serve/protocol/messages.ts';

const names = { id: 'ts_request_sequence_id', start: 'ts_request_sequence_start', end: 'ts_request_sequence_end' };
const request = (headers: InferenceRequest['headers']): InferenceRequest => ({ id: 'r', headers, parameters: [] });

test('a request belongs to the sequence it names, and starts it if it says so', () => {
  expect(toSequenced(request([[names.id, 's1']]), names).mark).toEqual({ id: 's1', starts: false });
  const starting = request([
    ['TS_Request_Sequence_ID', 's1'],
    [names.start, 'True'],
  ]);
  expect(toSequenced(starting, names).mark).toEqual({ id: 's1', starts: true });
});

test('a request without an id starts its own sequence, and its handler gets the id', () => {
  const { request: sent, mark } = toSequenced(
    request([
      [names.id, ''],
      ['accept', 'text/plain'],
    ]),
    names,
  );
  expect(mark.starts).toBe(true);
  expect(sent.headers).toEqual([
    ['accept', 'text/plain'],
    [names.id, mark.id],
    [names.start, 'true'],
  ]);
  expect(toSequenced(request([]), names).mark.id).not.toBe(mark.id);
});

test('a sequence ends when the client or the handler ends it', () => {
  const running = toSequenced(request([[names.id, 's1']]), names);
  const last = toSequenced(
    request([
      [names.id, 's1'],
      [names.end, 'true'],
    ]),
    names,
  );
  const answer = (ended: string): Prediction => ({
    ...{ id: 'r', contentType: '', status: 200, reason: '', body: Buffer.alloc(0) },
    headers: [[names.end, ended]],
  });
  expect(endsSequence(last, undefined, names)).toBe(true);
  expect(endsSequence(running, undefined, names)).toBe(false);
  expect(endsSequence(running, answer('s0; s1'), names)).toBe(true);
  expect(endsSequence(running, answer('s10'), names)).toBe(false);
});
