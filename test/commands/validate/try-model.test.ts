import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/commands/validate/validate.ts';
import { testContext } from '../../support/context.ts';
import { type MarContent, makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

const model = (name: string) => readFileSync(new URL(`../../fixtures/models/${name}`, import.meta.url));
const module = (code: string, files: Record<string, string> = {}): MarContent => ({
  files: { 'h.mjs': code, ...files },
  manifest: manifestOf({ handler: 'h.mjs' }, 'nodejs'),
});
const builtin = (handler: string, file: string): MarContent => ({
  files: { [basename(file)]: model(file) },
  manifest: manifestOf({ handler, serializedFile: basename(file) }),
});

/** Findings of the two rules that need the model to run. */
async function run(content: MarContent) {
  const root = await tempTree();
  await makeMar(join(root, 'm.mar'), content);
  const context = testContext(root, { env: process.env });
  const { findings, rules } = await validate({ path: 'm.mar', run: true }, context);
  expect(rules.map(({ id }) => id)).toEqual(expect.arrayContaining(['handler/loads', 'handler/answers']));
  return findings
    .filter(({ rule }) => rule === 'handler/loads' || rule === 'handler/answers')
    .map(({ rule, severity, message }) => `${severity} ${rule} ${message}`);
}

describe('validate with run', () => {
  it.each([
    ['a picture', builtin('image_classifier', 'channel-means-224.onnx')],
    ['one tensor', builtin('base_handler', 'linear4x3.onnx')],
    ['two tensors', builtin('base_handler', 'sum-and-difference.onnx')],
    ['tensors of every type', builtin('base_handler', 'every-type.onnx')],
    ['a record', builtin('tabular', '../tabular/by-column.onnx')],
    ['a row of a table', builtin('tabular', '../tabular/matrix.onnx')],
    ['as many samples as it needs', builtin('base_handler', 'mirrored-samples.onnx')],
    ['as many rows as it takes at once', builtin('base_handler', 'fours.onnx')],
    ['what the handler makes of it', module('export default { handle: (rows) => rows.map(() => "yes") };')],
  ])('sends %s, and reports nothing if the model answers', async (_, content) => {
    expect(await run(content)).toEqual([]);
  });

  it("names the import that a handler misses, with the handler's own error", async () => {
    const [found, ...others] = await run(module('import x from "left-pad"; export default { handle: (r) => r };'));
    expect(others).toEqual([]);
    expect(found).toMatch(/^error handler\/loads .*Cannot find package 'left-pad' imported from h\.mjs/);
  });

  it('sends the example of the archive, and then a failure is an error', async () => {
    const code = `export default { handle: (rows) => rows.map(({ body }) => {
      if (body.n !== 7) throw new Error('n is ' + body.n);
      return 'yes';
    }) };`;
    expect(await run(module(code, { 'examples/seven.json': '{"n": 7}' }))).toEqual([]);
    expect(await run(module(code, { 'examples/eight.json': '{"n": 8}' }))).toEqual([
      'error handler/answers The model answers "examples/eight.json" with status 503: Prediction failed (Error: n is 8)',
    ]);
    const [guessed] = await run(module(code));
    expect(guessed).toMatch(/^warning handler\/answers The model answers an empty JSON object .*n is undefined/);
  });

  it('does not blame a model that refuses only guessed lengths, and suggests packing an example', async () => {
    const content = builtin('base_handler', 'only-sevens.onnx');
    const [found, ...others] = await run(content);
    expect(others).toEqual([]);
    expect(found).toMatch(
      /^warning handler\/answers The model answers made-up tensors \(x float32\[1, 512\]\), as 5 of other sizes before, with status 400: /,
    );
    const seven = { ...content.files, 'examples/seven.json': '[[1, 2, 3, 4, 5, 6, 7]]' };
    expect(await run({ ...content, files: seven })).toEqual([]);
    const eight = { ...content.files, 'examples/eight.json': '[[1, 2, 3, 4, 5, 6, 7, 8]]' };
    expect(await run({ ...content, files: eight })).toEqual([
      expect.stringMatching(/^error handler\/answers The model answers "examples\/eight.json" with status 400: /),
    ]);
  });

  it('runs nothing of an unsafe archive, and reports that', async () => {
    const pickle = 'cposix\nsystem\n(S"true"\ntR.';
    const [found] = await run({ ...module('throw new Error("ran")', { 'w.pkl': pickle }) });
    expect(found).toMatch(/^info handler\/loads The model was not run: weights\/pickle-unsafe-global says/);
  });

  it('runs only if asked for', async () => {
    const root = await tempTree();
    await makeMar(join(root, 'm.mar'), module('process.exit(1); export default { handle: (rows) => rows };'));
    const { findings, rules } = await validate({ path: 'm.mar', only: ['handler'] }, testContext(root));
    expect(findings).toEqual([]);
    expect(rules.map(({ id }) => id)).not.toContain('handler/loads');
  });
});
