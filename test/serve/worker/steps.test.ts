import { expect, test } from 'vitest';
import { runSteps } from '../../../src/serve/worker/steps.ts';

type Steps = Parameters<typeof runSteps>[0];
type Rows = Parameters<typeof runSteps>[1];
type Context = Parameters<typeof runSteps>[2];
const run = (handler: unknown, context: unknown = {}) =>
  runSteps(handler as Steps, [{ data: 'a' }, { data: 'b' }] as Rows, context as Context);

test('each step gets the result of the step before it', async () => {
  const steps = {
    preprocess: (rows: { data: string }[]) => rows.map(({ data }) => data),
    inference: async (inputs: string[]) => inputs.map((text) => `${text}!`),
    postprocess: (outputs: string[]) => outputs.map((text) => text.toUpperCase()),
  };
  expect(await run(steps)).toEqual(['A!', 'B!']);
  expect(await run({ inference: () => ['x', 'y'] })).toEqual(['x', 'y']);
});

test('without an inference step and without a model nothing can be run', async () => {
  await expect(run({ preprocess: (rows: unknown) => rows })).rejects.toThrow('no inference step');
});
