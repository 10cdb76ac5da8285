import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspect } from '../../../src/commands/inspect/inspect.ts';
import { formatInspect } from '../../../src/ui/reporters/inspect/human.ts';
import { createStyle } from '../../../src/ui/style.ts';
import { testContext } from '../../support/context.ts';
import { makeWar, type WarContent } from '../../support/make-war.ts';
import { tempTree } from '../../support/temp-tree.ts';

async function inspectWar(content: WarContent) {
  const folder = await tempTree();
  await makeWar(join(folder, 'wf.war'), content);
  return inspect({ path: 'wf.war' }, testContext(folder));
}

const spec = 'models:\n  m1: { url: digits.mar, batch-size: 4 }\ndag:\n  pre: [m1]\n  m1: [post]\n';
const python = 'import json\ndef pre(data, context):\n    return data\ndef post(data, context):\n    return data\n';

test('a workflow shows its manifest, its graph in order with what runs each node, and who can run it', async () => {
  const result = await inspectWar({ spec, handler: ['wf.py', python] });
  expect(
    result.workflow?.nodes.map(({ name, kind, url, next, batchSize }) => [name, kind, url, next, batchSize]),
  ).toEqual([
    ['pre', 'function', undefined, ['m1'], 1],
    ['m1', 'model', 'digits.mar', ['post'], 4],
    ['post', 'function', undefined, [], 1],
  ]);
  expect(result.handlerCode).toEqual({ entry: ['pre', 'post'], imports: ['json'] });
  expect(result.runs.map(({ able }) => able)).toEqual(['yes', 'unknown']);
});

test('the text shows the graph with one line for each node', async () => {
  const result = await inspectWar({ spec, handler: ['wf.py', python] });
  const screen = formatInspect(result, createStyle({ color: false, width: 100 }));
  expect(screen).toContain('workflow   wf\n');
  expect(screen).toMatch(/^ {2}pre +function +1 worker, 10000 ms, up to 2 tries +→ m1$/m);
  expect(screen).toMatch(/^ {2}m1 +digits\.mar +1 worker, batch 4, 10000 ms, up to 2 tries +→ post$/m);
  expect(screen).toMatch(/^ {2}post +function +1 worker, 10000 ms, up to 2 tries +→ answer$/m);
});

test('a fault of the graph is reported with its location, and nobody can run the workflow', async () => {
  const result = await inspectWar({ spec: 'models: {}\ndag:\n  a: [b]\n  b: [a]\n', handler: ['wf.py', python] });
  expect(result.workflow?.problems).toEqual([
    { rule: 'workflow/graph', message: 'DAG should have only one start node: every node has a node before it' },
  ]);
  expect(result.runs.map(({ able }) => able)).toEqual(['no', 'no']);
});
