import { expect, it } from 'vitest';
import { chooseSizes } from '../../../src/commands/validate/made-up-sizes.ts';
import type { TensorFacts } from '../../../src/weights/reading/facts.ts';

type Shape = TensorFacts['shape'];
const USUAL = [1, 8, 16, 224, 320, 512];

/** The shapes that are tried for each input, one line a try. */
function shapesOf(inputs: readonly Shape[], metadata: Record<string, string> = {}) {
  const tensors = inputs.map((shape, at) => ({ name: `x${at}`, dtype: 'float32', shape: [...shape] }));
  return chooseSizes({ inputs: tensors, metadata }).map(({ shapes }) =>
    shapes.map((shape) => shape.join(' ')).join(', '),
  );
}

it('a model without free dimensions is tried once', () => {
  expect(shapesOf([[2, 3]])).toEqual(['2 3']);
  expect(shapesOf([])).toEqual(['']);
});

it.each<[string, Shape[], (batch: number) => string]>([
  ['the batch alone', [['batch', 4]], (batch) => `${batch} 4`],
  ['the batch of a recurrent state', [[2, null, 64]], (batch) => `2 ${batch} 64`],
  [
    'the batch by its name, wherever it stands',
    [
      ['n', 3],
      [5, 7, 'n'],
    ],
    (batch) => `${batch} 3, 5 7 ${batch}`,
  ],
])('a batch of one, then a larger one: %s', (_what, inputs, expected) => {
  expect(shapesOf(inputs)).toEqual([1, 8].map(expected));
});

it.each<[string, Shape[], (size: number) => string]>([
  ['the samples of a sound', [[null, null]], (size) => `1 ${size}`],
  [
    'tokens and their mask',
    [
      ['b', 's'],
      ['b', 's'],
    ],
    (size) => `1 ${size}, 1 ${size}`,
  ],
  ['frames behind a batch of one', [[1, null, 40]], (size) => `1 ${size} 40`],
  [
    'a mask over what was and what is',
    [
      ['b', 's'],
      ['b', 'past + s'],
    ],
    (size) => `1 ${size}, 1 ${2 * size}`,
  ],
  ['a picture', [['n', 3, 'h', 'w']], (size) => `1 3 ${size} ${size}`],
  ['a picture of which nothing is said', [[null, null, null, null]], (size) => `1 3 ${size} ${size}`],
  ['a picture with its channels last', [['n', 'h', 'w', 3]], (size) => `1 ${size} ${size} 3`],
])('the usual sizes: %s', (_what, inputs, expected) => {
  expect(shapesOf(inputs)).toEqual(USUAL.map(expected));
});

it('sizes from the metadata and from fixed axes come first', () => {
  expect(shapesOf([['n', 3, 'h', 'w']], { imgsz: '[480, 640]' })[0]).toBe('1 3 480 640');
  expect(shapesOf([['n', 3, 'h', 'w']], { imgsz: '320' })[0]).toBe('1 3 320 320');
  expect(shapesOf([['n', 3, 48, 'w']])[0]).toBe('1 3 48 48');
  expect(
    shapesOf([
      ['b', 's'],
      [1, 128],
    ])[0],
  ).toBe('1 128, 1 128');
});

it('implausible metadata is ignored', () => {
  for (const imgsz of ['', 'large', '0', '[1, 99999999999999999999]'])
    expect(shapesOf([['n', 3, 'h', 'w']], { imgsz })).toEqual(USUAL.map((size) => `1 3 ${size} ${size}`));
});
