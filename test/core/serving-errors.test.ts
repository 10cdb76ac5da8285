import { expect, test } from 'vitest';
import { servingErrors } from '../../src/core/serving-errors.ts';

test('the words of TorchServe are kept where its clients check them', () => {
  expect(servingErrors.MODEL_NOT_FOUND({ model: 'm' }).message).toBe('Model not found: m');
  expect(servingErrors.MODEL_VERSION_NOT_FOUND({ model: 'm', version: '2' }).message).toBe(
    'Model version: 2 does not exist for model: m',
  );
  expect(servingErrors.DOWNLOAD_FAILED({ url: 'u', reason: 'r' })).toEqual({
    message: 'Failed to download archive from: u',
    hint: 'What happened: r.',
  });
});

test('a failure reason is followed by the output of the worker, if any', () => {
  expect(servingErrors.WORKER_DIED({ reason: 'It ended.', output: [] }).message).toBe('Worker died. It ended.');
  expect(servingErrors.WORKER_DIED({ reason: 'It ended.', output: ['a', 'b'] }).message).toBe(
    'Worker died. It ended.\nLast output:\na\nb',
  );
});
