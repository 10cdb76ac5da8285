import { expect, test } from 'vitest';
import { manifestOf } from '../../support/make-mar.ts';
import { type Case, diffOf, listOf } from './two-archives.ts';

const cases: readonly Case[] = [
  {
    name: 'a newer version is metadata',
    manifest: manifestOf({
      configFile: 'model-config.yaml',
      requirementsFile: 'requirements.txt',
      modelVersion: '1.1',
    }),
    verdict: 'metadata-only',
    semver: 'patch',
    differences: [['manifest', 'changed', '/model/modelVersion', 'metadata']],
  },
  {
    name: 'another name of the model breaks',
    manifest: manifestOf({ configFile: 'model-config.yaml', requirementsFile: 'requirements.txt', modelName: 'n' }),
    verdict: 'breaking',
    semver: 'major',
    differences: [['manifest', 'changed', '/model/modelName', 'breaking']],
  },
  {
    name: 'a class more is compatible',
    files: { 'index_to_name.json': '{"0": "cat", "1": "dog", "2": "hen"}' },
    verdict: 'compatible',
    semver: 'minor',
    differences: [['labels', 'added', '/2', 'compatible']],
  },
  {
    name: 'a class of another name breaks',
    files: { 'index_to_name.json': '{"0": "cat", "1": "wolf"}' },
    verdict: 'breaking',
    semver: 'major',
    differences: [['labels', 'changed', '/1', 'breaking']],
  },
  {
    name: 'settings of the server change no answer, those of the handler may',
    files: { 'model-config.yaml': 'batchSize: 4\ndepth: 5\n' },
    verdict: 'handler-only',
    semver: 'minor',
    differences: [
      ['config', 'changed', '/batchSize', 'metadata'],
      ['config', 'changed', '/depth', 'handler'],
    ],
  },
  {
    name: 'a default that is written out is no difference',
    files: { 'model-config.yaml': 'batchSize: 2\nmaxBatchDelay: 100\ndepth: 3\n' },
    verdict: 'equal',
    semver: 'none',
    differences: [],
  },
  {
    name: 'packages are compared by name',
    files: { 'requirements.txt': '# pinned\nNumPy == 2.0.0\npillow\n' },
    verdict: 'handler-only',
    semver: 'minor',
    differences: [
      ['requirements', 'changed', 'numpy', 'handler'],
      ['requirements', 'added', 'pillow', 'handler'],
    ],
  },
];

test.each(cases)('$name', async ({ verdict, semver, differences, ...changed }) => {
  const result = await diffOf(changed);
  expect(listOf(result)).toEqual(differences);
  expect(result).toMatchObject({ verdict, semver });
});

test('a server that can no longer run it breaks', async () => {
  const manifest = manifestOf({ handler: 'handler.mjs' }, 'nodejs');
  const result = await diffOf({ manifest, files: { 'handler.mjs': 'export default (rows) => rows;\n' } });
  expect(result.differences).toContainEqual(
    expect.objectContaining({ area: 'runs', name: 'TorchServe', before: 'yes', after: 'no', impact: 'breaking' }),
  );
});
