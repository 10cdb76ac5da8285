import { expect, test } from 'vitest';
import { requireConfig, requireManifest } from '../../src/model/require-facts.ts';

type Facts = Parameters<typeof requireManifest>[0];
const facts = (manifest: unknown, config?: unknown) =>
  ({ manifest: async () => manifest, config: async () => config }) as unknown as Facts;

test('a readable document is returned', async () => {
  const manifest = { model: { modelName: 'm' } };
  expect(await requireManifest(facts({ kind: 'ok', manifest }))).toBe(manifest);
  expect(await requireConfig(facts(undefined))).toBeUndefined();
});

test('a missing document and an unreadable one have codes of their own', async () => {
  await expect(requireManifest(facts({ kind: 'missing' }))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  const missing = { kind: 'missing', member: 'model-config.yaml' };
  await expect(requireConfig(facts(undefined, missing))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  const unreadable = { kind: 'unreadable', member: 'model-config.yaml', reason: 'a key occurs twice' };
  await expect(requireConfig(facts(undefined, unreadable))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('a key occurs twice'),
  });
});
