import { expect, test } from 'vitest';
import { describeExit, describeFailure, LoadRefusal, WorkerDeath } from '../../../src/serve/process/worker-failure.ts';

test('how a process ended, and whether it ran out of memory', () => {
  expect(describeExit(3, null, [])).toEqual({ description: 'it exited with code 3', outOfMemory: false });
  expect(describeExit(137, null, []).outOfMemory).toBe(true);
  expect(describeExit(null, 'SIGABRT', ['FATAL ERROR: heap out of memory']).outOfMemory).toBe(true);
  expect(describeExit(null, 'SIGKILL', ['heap out of memory'])).toEqual({
    description: 'it was ended by SIGKILL',
    outOfMemory: false,
  });
});

test('the last output of a worker is not sent to clients', () => {
  const death = new WorkerDeath('It ended.', ['another client’s data'], undefined);
  expect(death.message).toContain('another client’s data');
  expect(death.forClients.message).not.toContain('another');
});

test('a worker out of memory while loading its model is reported as such', () => {
  const refusal = new LoadRefusal(507, 'no room');
  expect(describeFailure(refusal, undefined, { cause: undefined, lines: [] })).toMatchObject({
    code: 'WORKER_OUT_OF_MEMORY',
    cause: refusal,
  });
});
