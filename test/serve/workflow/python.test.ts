import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServeOptions, serve } from '../../../src/commands/serve/serve.ts';
import { packageRoot } from '../../../src/core/package-info.ts';
import { testContext } from '../../support/context.ts';
import { makeWar } from '../../support/make-war.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { findTool } from '../../support/tools.ts';
import { makeModel } from '../serving.ts';

/** TorchServe's package is stood for by one that speaks its protocol; test/interop runs the real one. */
const python = findTool('python3', 'python');
const env = { ...process.env, PYTHONPATH: join(packageRoot, 'test/fixtures/serve/torchserve') };

const functions = `
def before(data, context):
    return [row["body"].decode() + "!" for row in data]

def after(data, context):
    return [row["body"].decode() + "?" for row in data]
`;
const shout = 'export const handler = (rows) => rows.map((row) => Buffer.from(row.body).toString().toUpperCase());\n';

async function serveFlow(options: ServeOptions) {
  const folder = await tempTree();
  await makeModel(folder, { name: 'shout', code: shout });
  await makeWar(join(folder, 'wf.war'), {
    spec: 'models:\n  m1: { url: shout-1.0.mar }\ndag:\n  before: [m1]\n  m1: [after]\n',
    handler: ['wf.py', functions],
  });
  const context = testContext(folder, { env });
  return serve({ port: 0, modelStore: folder, workflows: ['wf.war'], grace: 5, ...options }, context);
}

describe.skipIf(python === undefined)('with Python', () => {
  test('functions in Python and a model in JavaScript answer as one workflow', async () => {
    const handle = await serveFlow({ python: python as string });
    onTestFinished(() => handle.close());
    const response = await fetch(`${handle.urls.inference}/wfpredict/wf`, {
      method: 'POST',
      body: Buffer.from('hello'),
    });
    expect([response.status, await response.text()]).toEqual([200, 'HELLO!?']);
  });
});

test('without Python each function names what is missing, and its archive', async () => {
  const starting = serveFlow({ python: '/no/such/python' });
  await expect(starting).rejects.toThrow(
    /Workflow Node wf__before failed to register\. Details: \S+wf\.war cannot be served here/,
  );
});
