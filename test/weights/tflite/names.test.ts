import { expect, test } from 'vitest';
import { CUSTOM, dtypeName, operatorName } from '../../../src/weights/tflite/names.ts';

test('operators and types have the names of the schema, later ones their number', () => {
  expect([operatorName(0), operatorName(9), operatorName(CUSTOM), operatorName(5000)]).toEqual([
    'ADD',
    'FULLY_CONNECTED',
    'CUSTOM',
    'operator 5000',
  ]);
  expect([dtypeName(0), dtypeName(9), dtypeName(200)]).toEqual(['float32', 'int8', 'type 200']);
});
