import { expect, test } from 'vitest';
import { planTree } from '../../../src/archive/plan/plan-tree.ts';
import { defaultLimits } from '../../../src/core/limits.ts';
import { planRecord, RECORD_PATH, readRecord } from '../../../src/model/documents/record.ts';
import { planContents } from '../../support/plan-files.ts';

const build = { tool: 'ts-model-archiver', version: '0.1.0', compression: 'auto' };

test('a record is read as written', async () => {
  const [file] = planContents({ a: 'a' });
  const planned = planRecord({ build }, file === undefined ? [] : [{ ...file, sha256: 'f'.repeat(64) }]);
  const reading = await readRecord(planTree('m', [planned]), defaultLimits);
  expect(reading).toEqual({
    kind: 'ok',
    record: { schemaVersion: 1, build, files: { a: { size: 1, sha256: 'f'.repeat(64) } } },
  });
});

test('the record of a plan without digests has its final size', () => {
  const [file] = planContents({ a: 'a' });
  const sizes = [undefined, 'f'.repeat(64)].map(
    (sha256) => planRecord({ build }, file === undefined ? [] : [{ ...file, ...(sha256 && { sha256 }) }]).size,
  );
  expect(sizes[0]).toBe(sizes[1]);
});

test.each([
  ['no JSON', '{'],
  ['another form', '{"schemaVersion":2}'],
])('%s is unreadable, a missing record is not', async (_, text) => {
  const tree = planTree('m', planContents({ [RECORD_PATH]: text }));
  expect(await readRecord(tree, defaultLimits)).toMatchObject({ kind: 'unreadable' });
  expect(await readRecord(planTree('m', []), defaultLimits)).toEqual({ kind: 'missing' });
});
