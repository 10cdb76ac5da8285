import { expect, test } from 'vitest';
import { readKerasConfig } from '../../../src/weights/keras/config.ts';
import { Problems } from '../../../src/weights/reading/problem.ts';

function judge(config: unknown) {
  const problems = new Problems();
  return { ...readKerasConfig(config, problems), rules: problems.list().map(({ rule }) => rule) };
}

const model = (...layers: unknown[]) => ({ module: 'keras', class_name: 'Sequential', config: { name: 'm', layers } });

test('layers are counted, in nested models too', () => {
  const dense = { module: 'keras.layers', class_name: 'Dense', config: {} };
  expect(judge(model(dense, model(dense)))).toEqual({
    class: 'Sequential',
    name: 'm',
    layers: { Dense: 2, Sequential: 1 },
    rules: [],
  });
});

test('bytecode in either form is an error, a foreign module a warning', () => {
  const lambda = { class_name: 'Lambda', config: { function: ['4wEA', null, null], function_type: 'lambda' } };
  expect(judge(model(lambda)).rules).toEqual(['weights/keras-code']);
  expect(judge(model({ class_name: '__lambda__', config: { code: '4wEA' } })).rules).toEqual(['weights/keras-code']);
  expect(judge(model({ module: 'os', class_name: 'system' })).rules).toEqual(['weights/keras-module']);
});
