import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archiveWorkflow } from '../../../src/commands/pack/archive-workflow.ts';
import { startServer } from '../../serve/serving.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';

const typescript = `
import { shout } from './voice.ts';
type Row = Readonly<Record<string, Uint8Array>>;
export const pre = (rows: readonly Row[]): string[] => rows.map(({ body }) => shout(Buffer.from(body ?? []).toString()));
export function post(rows: readonly Row[]): string[] {
  return rows.map(({ body }) => Buffer.from(body ?? []).toString() + '!');
}
`;

test('functions in TypeScript are bundled into one module, and can be served', async () => {
  const folder = await tempTree({
    'wf.yaml': 'models: {}\ndag:\n  pre: [post]\n',
    'steps.ts': typescript,
    'voice.ts': 'export const shout = (text: string): string => text.toUpperCase();\n',
  });
  const context = testContext(folder);
  const result = await archiveWorkflow({ workflowName: 'wf', specFile: 'wf.yaml', handler: 'steps.ts' }, context);
  expect(result.manifest.workflow?.handler).toBe('steps.mjs');
  expect(result.files.map(({ path }) => path)).toEqual(['steps.mjs', 'wf.yaml', 'WAR-INF/MANIFEST.json']);
  expect(context.messages()).toEqual([]);
  const { handle } = await startServer([], { archives: [join(folder, 'wf.war')] });
  const response = await fetch(`${handle.urls.inference}/wfpredict/wf`, { method: 'POST', body: 'hello' });
  expect(await response.text()).toBe('HELLO!');
});

test('a specification that every server refuses is packed with a warning, as upstream packs it', async () => {
  const folder = await tempTree({
    'wf.yaml': 'models: {}\ndag:\n  a: [a]\n',
    'steps.py': 'def a(d, c):\n  return d\n',
  });
  const context = testContext(folder);
  await archiveWorkflow({ workflowName: 'wf', specFile: 'wf.yaml', handler: 'steps.py' }, context);
  expect(context.messages()).toEqual([
    'A server will refuse this workflow: Self loop exception (a comes after itself)',
  ]);
});
