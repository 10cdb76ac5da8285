import { expect, test } from 'vitest';
import { runGraph } from '../../../src/serve/workflow/run-graph.ts';

type Nodes = Parameters<typeof runGraph>[0];
type Invoke = Parameters<typeof runGraph>[2];

const nodes = [
  { name: 'a', parents: [], children: ['b', 'c'] },
  { name: 'b', parents: ['a'], children: ['d'] },
  { name: 'c', parents: ['a'], children: ['d'] },
  { name: 'd', parents: ['b', 'c'], children: [] },
] as unknown as Nodes;
const input = [{ name: 'body', contentType: '', value: Buffer.from('x') }];
const run = (invoke: Invoke) => runGraph(nodes, input, invoke, new AbortController().signal);

test('a node gets the answer of a single parent as its body, those of several under their names', async () => {
  const leaves = await run(async ({ name }, parameters) =>
    Buffer.from(`${name}(${parameters.map((one) => `${one.name}=${Buffer.from(one.value)}`).join()})`),
  );
  expect(leaves.map(({ node, body }) => [node, Buffer.from(body).toString()])).toEqual([
    ['d', 'd(b=b(body=a(body=x)),c=c(body=a(body=x)))'],
  ]);
});

test('a failing node aborts the running ones', async () => {
  let aborted = false;
  const running = run(async ({ name }, _, signal) => {
    if (name === 'b') throw new Error('b is broken');
    if (name === 'c') signal.addEventListener('abort', () => (aborted = true));
    return Buffer.from('x');
  });
  await expect(running).rejects.toThrow('b is broken');
  expect(aborted).toBe(true);
});
