import { expect, test } from 'vitest';
import { findInertKeys, type Runner } from '../../../src/model/config/inert-keys.ts';

const find = (values: Readonly<Record<string, unknown>>, runner: Runner = 'Node') =>
  findInertKeys({ member: 'model-config.yaml', values, lineOf: () => 1, isFloat: () => false }, runner).map(
    ({ name }) => name,
  );

test('settings that mar serve ignores are named, those it applies are not', () => {
  expect(find({ parallelType: 'pp', torchrun: { 'nproc-per-node': 2 }, minWorkers: 1 })).toEqual([
    'parallelType',
    'torchrun',
  ]);
  expect(find({ minWorkers: 1, batchSize: 8, useJobTicket: true, continuousBatching: true })).toEqual([]);
});

test('Python workers act on what Node workers do not', () => {
  const both = { parallelType: 'tp', parallelLevel: 2, asyncCommunication: true, useVenv: true };
  expect(find(both, 'Python')).toEqual(['useVenv']);
  expect(find(both, 'Node')).toEqual(['asyncCommunication', 'parallelType', 'parallelLevel', 'useVenv']);
});

test('what asks for nothing is not named', () => {
  expect(find({ asyncCommunication: false, parallelLevel: 0, parallelType: null, useVenv: undefined })).toEqual([]);
});

test('continuous batching has its effect beside sequences too', () => {
  expect(find({ continuousBatching: true, sequenceBatching: true })).toEqual([]);
});
