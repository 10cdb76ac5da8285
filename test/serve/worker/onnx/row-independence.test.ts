import { describe, expect, test } from 'vitest';
import { bodies, request, startRunner } from '../model-folder.ts';

const base = (model: string, batchSize = 4) => startRunner({ handler: 'base_handler', model }, { batchSize });

describe('requests share a run only if sample rows give the same answers alone and together', () => {
  test.each([
    ['linear4x3.onnx', true, /the same answers alone and together/],
    ['double-two-rows.onnx', true, /the same answers alone and together/],
    ['sum-and-difference.onnx', true, /the same answers/],
    ['every-type.onnx', true, /the same answers/],
    ['token-names.onnx', true, /the same answers/],
    ['channel-means.onnx', true, /the same answers/],
    ['running-sum.onnx', false, /output "y" changes when rows share a run/],
    ['share-of-batch.onnx', false, /output "y" changes/],
    ['share-of-two-rows.onnx', false, /output "y" changes/],
    ['greatest-of-batch.onnx', false, /output "is_top" changes/],
    ['total.onnx', false, /first axis of its output "total" does not hold the rows/],
    ['any-rank.onnx', false, /inputs do not share a first axis/],
    ['no-rows.onnx', false, /first axis is 0/],
    ['four-words.onnx', true, /the same answers/],
    ['channel-means-224.onnx', true, /the same answers/],
    ['first-of-each.onnx', false, /cannot run on sample rows/],
  ])('%s: %s', async (model, joined, reason) => {
    const { batching } = await base(model);
    expect(batching).toEqual({ joined, reason: expect.stringMatching(reason) });
  });

  test('nothing is tried with batchSize 1, nor for a custom handler', async () => {
    expect((await base('linear4x3.onnx', 1)).batching).toBeUndefined();
    const custom = { handler: 'h.mjs', files: { 'h.mjs': 'export default (rows) => rows.map(() => 1);' } };
    expect((await startRunner({ ...custom, model: 'linear4x3.onnx' })).batching).toBeUndefined();
  });

  test('an envelope, which may hold several rows, is also tried with batchSize 1', async () => {
    const parts = { handler: 'base_handler', model: 'linear4x3.onnx' };
    expect((await startRunner(parts, { batchSize: 1, envelope: 'json' })).batching?.joined).toBe(true);
  });

  test.each([
    ['running-sum.onnx', [[[1, 2]], [[3, 4]], [[5, 6]]]],
    ['share-of-batch.onnx', [[1, 2], [9, 4], [[5, 6]]]],
    [
      'share-of-two-rows.onnx',
      [
        [1, 2, 3],
        [9, 4, 7],
        [
          [5, 6, 7],
          [1, 2, 3],
        ],
      ],
    ],
    [
      'greatest-of-batch.onnx',
      [
        [1, 2],
        [9, 4],
        [3, 3],
      ],
    ],
    ['linear4x3.onnx', [[1, 2, 3, 4], [[4, 3, 2, 1]], [0, 0, 0, 1]]],
  ])('%s answers a batch as it answers single requests', async (model, inputs) => {
    const runner = await base(model);
    const alone: string[] = [];
    for (const input of inputs) alone.push(...bodies(await runner.predict([request(input)])));
    const together = bodies(await runner.predict(inputs.map((input, at) => request(input, { id: `r${at}` }))));
    const toNumbers = (texts: string[]) =>
      JSON.stringify(
        texts.map((text) => JSON.parse(text)),
        (_, value) => (typeof value === 'number' ? Math.fround(Number(value.toPrecision(5))) : value),
      );
    expect(toNumbers(together)).toBe(toNumbers(alone));
  });
});
