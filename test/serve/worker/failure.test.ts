import { expect, test } from 'vitest';
import { HandlerFault, InvalidResult, toFailure } from '../../../src/serve/worker/failure.ts';

test('the failure of a handler keeps its cause for the log', () => {
  const failure = toFailure(new Error('outer', { cause: new HandlerFault('inner') }));
  expect(failure).toMatchObject({ code: 503, mayBeOneRequest: true });
  expect(failure.detail).toMatch(/outer.*Caused by:.*inner/s);
});

test.each([
  ['a handler’s own status', Object.assign(new Error('no'), { name: 'PredictionError', status: 418 }), 418],
  ['a result of another length', new InvalidResult('two'), 503],
  ['memory that ran out', new Error('CUDA error'), 507],
  ['what is no error', 'text', 503],
])('%s', (_, thrown, code) => {
  expect(toFailure(thrown).code).toBe(code);
});
