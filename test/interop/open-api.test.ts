import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { addresses } from '../serve/goldens/groups.ts';
import { serveStore } from '../serve/serving.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';
import { runTool } from '../support/tools.ts';

const folder = join(packageRoot, 'test/interop/schemathesis');
const installed = spawnSync('bash', [join(folder, 'install.sh')], { encoding: 'utf8' });
const [schemathesis = ''] = (installed.stdout ?? '').trim().split('\n').slice(-1);
const isInstalled = installed.status === 0;
if (!isInstalled) console.log(schemathesis || 'SKIPPED: no bash to install schemathesis with');

/** Cases of one operation that are made at random, beside those at the edges of its parameters. */
const EXAMPLES = 100;
/** What each answer is held against; which input must be refused is TorchServe's to say, not the document's. */
const checks = [
  'no_undocumented_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

/** Answers in every form that a handler has, by the length of what came. */
const mixed = `const answers = [
  () => 'a text without a type',
  () => ({ an: 'object' }),
  () => [1, 2],
  () => Buffer.from([0, 255]),
  (context, index) => (context.setResponseContentType(index, 'text/plain'), 'typed'),
  (context, index) => (context.setResponseStatus(index, 418, 'teapot'), 'a status of its own'),
];
export default {
  handle: (rows, context) => rows.map((row, index) => answers[JSON.stringify(row).length % answers.length](context, index)),
};
`;

async function makeStore(): Promise<string> {
  const store = await tempTree();
  for (const modelName of ['mixed', 'spare']) {
    const manifest = manifestOf({ modelName, modelVersion: '1.0', handler: 'mixed.mjs' }, 'nodejs');
    await makeMar(join(store, `${modelName}.mar`), { files: { 'mixed.mjs': mixed }, manifest });
  }
  await makeMar(join(store, 'linear.mar'), {
    files: { 'linear.onnx': await readFile(join(packageRoot, 'test/fixtures/models/linear4x3.onnx')) },
    manifest: manifestOf({ modelName: 'linear', serializedFile: 'linear.onnx', handler: 'base_handler' }),
  });
  return store;
}

test.skipIf(!isInstalled)(
  'schemathesis finds no failure of the server, no undocumented answer and no wrong type with our documents',
  { timeout: 300_000 },
  async () => {
    const modelStore = await makeStore();
    const models = ['mixed.mar', 'linear.mar'];
    const { handle } = await serveStore({ ...addresses, modelStore, models, enableModelApi: true });
    const cwd = await tempTree();
    for (const role of ['metrics', 'inference', 'management'] as const) {
      const url = handle.urls[role];
      const document = await (await fetch(url, { method: 'OPTIONS' })).text();
      await writeFile(join(cwd, `${role}.json`), document);
      const { exitCode, stdout, stderr } = await runTool(
        schemathesis,
        [
          ...['--config-file', join(folder, 'config.toml'), 'run', `${role}.json`, '--url', url],
          ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(EXAMPLES), '--seed', '1'],
          ...['--checks', checks.join(), '--continue-on-failure', '--suppress-health-check', 'all', '--no-color'],
        ],
        { cwd, env: { PYTHONPATH: folder, SCHEMATHESIS_HOOKS: 'hooks', PYTHONDONTWRITEBYTECODE: '1' } },
      );
      console.log(`${role}: ${/\d+ generated.*/.exec(stdout)?.[0]}`);
      expect(exitCode, `${stdout}${stderr}`).toBe(0);
      expect((await fetch(`${handle.urls.inference}/ping`)).status).toBe(200);
    }
  },
);
