import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspect } from '../../../../src/commands/inspect/inspect.ts';
import { formatConfig } from '../../../../src/ui/reporters/inspect/config.ts';
import { createStyle } from '../../../../src/ui/style.ts';
import { testContext } from '../../../support/context.ts';
import { makeMar, manifestOf } from '../../../support/make-mar.ts';
import { tempTree } from '../../../support/temp-tree.ts';

/** What is printed of a real archive with this configuration. */
async function configOf(yaml: string): Promise<string> {
  const cwd = await tempTree();
  const files = { 'handler.py': '', 'model-config.yaml': yaml };
  await makeMar(join(cwd, 'm.mar'), { files, manifest: manifestOf({ configFile: 'model-config.yaml' }) });
  const { config } = await inspect({ path: 'm.mar' }, testContext(cwd));
  if (config === undefined) throw new Error('no configuration');
  expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  return formatConfig(config, createStyle({ color: false, width: 1000 }));
}

test('settings of the file come first, then every default, each with a value', async () => {
  const text = await configOf('responseTimeout: 60\nbatchSize: 4\n');
  expect(text).toMatch(/^config {2}model-config\.yaml\n {2}responseTimeout +60\n {2}batchSize +4\n {2}by default +/);
  expect(text).toMatch(/\bmaxBatchDelay 100\b.*\bsequenceBatching false\b/s);
  expect(text).not.toContain('undefined');
});

test('sequences are recognised by the keys of the file', async () => {
  const text = await configOf('sequenceBatching: true\nmaxNumSequence: 6\n');
  expect(text).toMatch(/\n {2}sequenceBatching +true\n {2}maxNumSequence +6\n/);
  expect(text).toMatch(/\bsequenceMaxIdleMSec \d+.*\bmaxSequenceJobQueueSize 1\b/s);
});

test('an invalid value is shown with the value in effect', async () => {
  expect(await configOf('batchSize: 0\n')).toMatch(/batchSize +0 is not taken: 1 is in use/);
});
