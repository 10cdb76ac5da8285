import { expect, test } from 'vitest';
import { findInertKeys } from '../../../src/model/config/inert-keys.ts';

const find = (values: Readonly<Record<string, unknown>>) =>
  findInertKeys({ member: 'model-config.yaml', values, lineOf: () => 1, isFloat: () => false }).map(({ name }) => name);

test('settings that mar serve does not act on are named, those it acts on are not', () => {
  expect(find({ parallelType: 'pp', torchrun: { 'nproc-per-node': 2 }, minWorkers: 1 })).toEqual([
    'parallelType',
    'torchrun',
  ]);
  expect(find({ minWorkers: 1, batchSize: 8, useJobTicket: true, continuousBatching: true })).toEqual([]);
});

test('what asks for nothing is not named', () => {
  expect(find({ asyncCommunication: false, parallelLevel: 0, parallelType: null, useVenv: undefined })).toEqual([]);
});

test('continuous batching is without effect beside sequences, and only there', () => {
  expect(find({ continuousBatching: true, sequenceBatching: true })).toEqual(['continuousBatching']);
  expect(find({ sequenceBatching: true })).toEqual([]);
});
