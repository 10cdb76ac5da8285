import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/model/workflow/workflow-graph.ts';
import { parseWorkflowSpec } from '../../../src/model/workflow/workflow-spec.ts';

const map = (entries: Readonly<Record<string, unknown>>) => new Map(Object.entries(entries));

function graphOf(dag: Readonly<Record<string, readonly string[]>>, models: Readonly<Record<string, unknown>> = {}) {
  const { spec, problems } = parseWorkflowSpec(map({ models: map(models), dag: map(dag) }));
  expect(problems).toEqual([]);
  if (spec === undefined) throw new Error('no specification');
  return buildGraph(spec);
}

test('a setting for all models applies only to those written after it', () => {
  const { spec } = parseWorkflowSpec(
    map({
      models: map({
        a: map({ url: 'a.mar' }),
        'batch-size': 8,
        b: map({ url: 'b.mar' }),
        c: map({ url: 'c.mar', 'batch-size': 2 }),
      }),
      dag: map({ a: ['b', 'f'], b: ['c'] }),
    }),
  );
  const sizes = [...(spec?.models.values() ?? [])].map(({ name, settings }) => [name, settings.batchSize]);
  expect(sizes).toEqual([
    ['a', 1],
    ['b', 8],
    ['c', 2],
  ]);
  expect(spec?.globals.batchSize).toBe(8);
});

test('a function runs unbatched, with the common retries and timeout', () => {
  const graph = graphOf({ f: [] }, { 'max-workers': 4, 'batch-size': 8, 'retry-attempts': 3, 'timeout-ms': 50 });
  expect(graph).toMatchObject({
    kind: 'ok',
    nodes: [
      {
        kind: 'function',
        settings: { minWorkers: 1, maxWorkers: 1, batchSize: 1, maxBatchDelay: 0, retryAttempts: 3, timeoutMs: 50 },
      },
    ],
  });
});

test('any acyclic graph with a single first node is accepted, each node after all its parents', () => {
  // Node i may point to later nodes only, and each but the first has a parent: by construction sound.
  const sound = fc
    .integer({ min: 1, max: 12 })
    .chain((size) =>
      fc.tuple(
        ...Array.from({ length: size }, (_, node) =>
          fc.uniqueArray(fc.integer({ min: 0, max: Math.max(0, node - 1) }), { minLength: 1, maxLength: 4 }),
        ),
      ),
    );
  fc.assert(
    fc.property(sound, (parents) => {
      const dag: Record<string, string[]> = Object.fromEntries(parents.map((_, node) => [`n${node}`, []]));
      for (const [node, from] of parents.entries())
        if (node > 0) for (const parent of from) dag[`n${parent}`]?.push(`n${node}`);
      const graph = graphOf(dag);
      if (graph.kind !== 'ok') throw new Error(JSON.stringify(graph));
      const order = graph.nodes.map(({ name }) => name);
      expect([...order].sort()).toEqual(Object.keys(dag).sort());
      for (const node of graph.nodes)
        for (const parent of node.parents) expect(order.indexOf(parent)).toBeLessThan(order.indexOf(node.name));
    }),
  );
});

test('any graph with an edge back is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.nat(), fc.nat(), (size, a, b) => {
      const [low, high] = [a % size, b % size].sort((x, y) => x - y) as [number, number];
      const dag = Object.fromEntries(
        Array.from({ length: size }, (_, i) => [`n${i}`, i + 1 < size ? [`n${i + 1}`] : []]),
      );
      dag[`n${high}`]?.push(`n${low}`);
      expect(graphOf(dag).kind).toBe('invalid');
    }),
  );
});

test('any document is parsed or reported, without an exception', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
  const key = fc.oneof(
    fc.constantFrom('models', 'dag', 'url', 'batch-size', 'a', 'b', '__proto__'),
    fc.string(),
    fc.integer(),
  );
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('node')),
      fc.array(fc.tuple(key, tie('node'))).map((entries) => new Map(entries)),
    ),
  }));
  fc.assert(
    fc.property(node, (document) => {
      const { spec, problems } = parseWorkflowSpec(document);
      if (spec === undefined) expect(problems.length).toBeGreaterThan(0);
      else buildGraph(spec);
    }),
  );
});
