import { expect, test } from 'vitest';
import { atField, withManifest, withModel } from '../../src/validate/with-manifest.ts';

type Subject = Parameters<ReturnType<typeof withManifest>>[0];
const subject = (reading: unknown) => ({ manifest: async () => reading }) as unknown as Subject;
const found = [{ message: 'x' }];

test('a check runs only with a readable manifest that has a model', async () => {
  const about = async (reading: unknown) =>
    [await withManifest(() => found)(subject(reading)), await withModel(() => found)(subject(reading))].map(
      ({ length }) => length,
    );
  expect(await about({ kind: 'ok', manifest: { model: {} } })).toEqual([1, 1]);
  expect(await about({ kind: 'ok', manifest: {} })).toEqual([1, 0]);
  expect(await about({ kind: 'missing' })).toEqual([0, 0]);
});

test('a field is located by its JSON pointer in the manifest', () => {
  expect(atField('/model/handler')).toEqual({ member: 'MAR-INF/MANIFEST.json', pointer: '/model/handler' });
});
