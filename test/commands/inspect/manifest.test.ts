import { expect, test } from 'vitest';
import { describeManifest } from '../../../src/commands/inspect/manifest.ts';

type Reading = Parameters<typeof describeManifest>[0];

test('a manifest is shown, or reported as missing or unreadable with the reason', () => {
  const manifest = { model: { modelName: 'm' } };
  expect(describeManifest({ kind: 'ok', manifest } as unknown as Reading)).toEqual({ status: 'ok', value: manifest });
  expect(describeManifest({ kind: 'missing' } as unknown as Reading)).toEqual({ status: 'missing' });
  expect(describeManifest({ kind: 'unreadable', reason: 'it is empty' } as unknown as Reading)).toMatchObject({
    status: 'unreadable',
    reason: expect.stringContaining('it is empty'),
  });
});
