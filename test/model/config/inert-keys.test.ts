import { expect, test } from 'vitest';
import { findInertKeys } from '../../../src/model/config/inert-keys.ts';

const find = (values: Readonly<Record<string, unknown>>) =>
  findInertKeys({ member: 'model-config.yaml', values, lineOf: () => 1, isFloat: () => false }).map(({ name }) => name);

test('settings that mar serve ignores are named, those it applies are not', () => {
  expect(find({ parallelType: 'pp', torchrun: { 'nproc-per-node': 2 }, minWorkers: 1 })).toEqual([
    'parallelType',
    'torchrun',
  ]);
  expect(find({ minWorkers: 1, batchSize: 8, useJobTicket: true, continuousBatching: true })).toEqual([]);
});

test('a value that changes nothing is not named', () => {
  expect(find({ asyncCommunication: false, parallelLevel: 0, parallelType: null, useVenv: undefined })).toEqual([]);
});

test('continuous batching has no effect with sequences, and only then', () => {
  expect(find({ continuousBatching: true, sequenceBatching: true })).toEqual(['continuousBatching']);
  expect(find({ sequenceBatching: true })).toEqual([]);
});
