import { expect, test } from 'vitest';
import { manifestOf } from '../../support/make-mar.ts';
import { diffOf } from './two-archives.ts';

const names = { configFile: 'model-config.yaml', requirementsFile: 'requirements.txt' };

test('a built-in handler in place of code is another handler', async () => {
  const result = await diffOf({ manifest: manifestOf({ ...names, handler: 'text_classifier' }) });
  expect(result.differences).toContainEqual({
    area: 'handler',
    change: 'changed',
    name: '',
    before: 'handler.py',
    after: 'text_classifier (built-in)',
    impact: 'handler',
    why: 'Other code answers.',
  });
});

test('another function of the same file is another handler', async () => {
  const result = await diffOf({ manifest: manifestOf({ ...names, handler: 'handler.py:run' }) });
  expect(result.differences).toContainEqual(
    expect.objectContaining({ area: 'handler', before: 'handler.py', after: 'handler.py:run' }),
  );
});

test('a file that is only renamed is the same handler', async () => {
  const { files } = await import('./two-archives.ts').then(({ base }) => base);
  const manifest = manifestOf({ ...names, handler: 'service.py' });
  const result = await diffOf({
    manifest,
    files: { 'handler.py': undefined, 'service.py': String(files?.['handler.py']) },
  });
  expect(result.differences.filter(({ area }) => area === 'handler')).toEqual([]);
  expect(result.differences).toContainEqual(
    expect.objectContaining({ area: 'files', change: 'moved', name: 'handler.py', after: 'service.py' }),
  );
});
