import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findDifference } from '../../src/commands/compare-answer.ts';
import { predict, predictResultSchema } from '../../src/commands/predict.ts';
import { toNpy } from '../../src/handlers/tensors/npy.ts';
import { formatPrediction } from '../../src/ui/reporters/predict-human.ts';
import { createStyle } from '../../src/ui/style.ts';
import { fixture, makeModel } from '../serve/serving.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';

test('predict answers once and compares with the expected answer', async () => {
  const folder = await tempTree({
    'in.json': '{"x": 0.3333}',
    'same.json': '{"body":{"x":0.33333}}',
    'other.json': '{"body":{"x":0.34}}',
  });
  const archive = await makeModel(folder, { name: 'dump', code: await fixture('dump.mjs') });
  const result = await predict({ path: archive, input: 'in.json', expect: 'same.json' }, testContext(folder));
  expect(predictResultSchema.parse(result)).toMatchObject({
    model: { name: 'dump', version: '1.0' },
    status: 200,
    contentType: '',
    body: { kind: 'json', value: { body: { x: 0.3333 } } },
    matches: true,
  });
  const other = await predict(
    { path: archive, input: join(folder, 'in.json'), expect: 'other.json' },
    testContext(folder),
  );
  expect(other).toMatchObject({
    matches: false,
    difference: '/body/x: expected 0.34 within 0.001 relative, got 0.3333',
  });
});

test('predict shows the error answer of a failing handler', async () => {
  const folder = await tempTree({ 'in.txt': 'x' });
  const archive = await makeModel(folder, { code: 'export default { handle() { throw new Error("no"); } };' });
  expect(await predict({ path: archive, input: 'in.txt' }, testContext(folder))).toMatchObject({
    status: 503,
    body: { value: 'Prediction failed' },
  });
});

test('predict shows the numpy array that a model answers', async () => {
  const folder = await tempTree({});
  const echo = 'export default { handle: (rows) => rows.map(({ body }) => body) };';
  const archive = await makeModel(folder, { code: echo });
  const data = Float32Array.from([0.5, Number.NaN, ...Array(10).fill(1)]);
  await writeFile(join(folder, 'in.npy'), toNpy({ dtype: 'float32', shape: [3, 4], data }));
  const result = await predict({ path: archive, input: 'in.npy' }, testContext(folder));
  expect(predictResultSchema.parse(result).body).toMatchObject({
    kind: 'npy',
    dtype: 'float32',
    shape: [3, 4],
    first: [0.5, 'NaN', 1, 1, 1, 1, 1, 1],
  });
  expect(formatPrediction(result, createStyle({ color: false }))).toContain(
    'float32[3,4]  0.5, NaN, 1, 1, 1, 1, 1, 1, … (12 values; all of them with --json)',
  );
});

test('predict names a missing file', async () => {
  const folder = await tempTree({ 'in.txt': 'x' });
  await expect(predict({ path: 'nope.mar', input: 'in.txt' }, testContext(folder))).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  await expect(predict({ path: 'nope.mar', input: 'gone' }, testContext(folder))).rejects.toThrow('No input at gone.');
});

test.each([
  ['{"a": [1, 2]}', '{"a":[1.0005,2]}', undefined],
  ['0', '0.0000004', undefined],
  ['[1,2]', '[1]', 'the answer: expected 2 items, got 1'],
  ['{"a/b":1}', '{}', '/a~1b: expected, but missing'],
  ['{}', '{"b":1}', '/b: not expected'],
  ['"cat"', '"dog"', 'the answer: expected "cat", got "dog"'],
  ['text\n', 'text', undefined],
  ['text', 'next', 'expected "text", got "next"'],
])('findDifference of %s and %s', (expected, actual, difference) => {
  expect(findDifference(Buffer.from(expected), Buffer.from(actual))).toBe(difference);
});

test('predict reports once why a model does not load, without the hint to try mar predict', async () => {
  const folder = await tempTree({ 'in.txt': 'x' });
  const archive = await makeModel(folder, {
    code: 'throw new Error("no luck at load");\nexport const handler = { handle() {} };',
  });
  const context = testContext(folder);
  const error: unknown = await predict({ path: archive, input: 'in.txt' }, context).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'MODEL_NOT_LOADED', message: expect.stringContaining('no luck at load') });
  expect(`${(error as { hint: string }).hint}`).not.toContain('mar predict');
  const all = [...context.messages(), (error as Error).message].join('\n');
  expect(all.match(/no luck at load/g)).toHaveLength(1);
});
