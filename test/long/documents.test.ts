import { expect, test } from 'vitest';
import { planTree } from '../../src/archive/plan/plan-tree.ts';
import { isToolError } from '../../src/core/errors.ts';
import { defaultLimits } from '../../src/core/limits.ts';
import { readModelConfig } from '../../src/model/config/read-model-config.ts';
import { readManifest } from '../../src/model/documents/read-manifest.ts';
import { createFacts } from '../../src/model/read-facts.ts';
import { readWorkflow } from '../../src/model/workflow/read-workflow.ts';
import { readIdentity } from '../../src/serve/model/model-identity.ts';
import { planSubject } from '../../src/validate/open-subject.ts';
import { allRules } from '../../src/validate/rules/index.ts';
import { runRules } from '../../src/validate/run.ts';
import { manifestOf } from '../support/make-mar.ts';
import { planContents } from '../support/plan-files.ts';
import { createRandom } from '../support/random.ts';
import { mutate } from './weights/mutate.ts';

/** Mutants of each kind of document. Rules read everything, so fewer of those. */
const CASES = 50_000;
const JUDGED = 3_000;
const SEED = 11;
/** A pause of the machine or of the garbage collector. */
const GRACE_MS = 1_000;

const manifest = JSON.stringify(manifestOf({ modelFile: 'model.py', configFile: 'c.yaml', requirementsFile: 'r.txt' }));
const workflowManifest = JSON.stringify({
  createdOn: '29/11/2020 10:20:30',
  workflow: { workflowName: 'w', specFile: 'w.yaml', handler: 'steps.py' },
  archiverVersion: '0.2.15',
});
const config = `minWorkers: 1
maxWorkers: 2
preprocess: &a
  resize: [256, 256]
  mean: [0.485, 0.456, 0.406]
postprocess: { topk: 5, again: *a, text: !!str 3, "quoted\\n": 'x' }
deviceIds:
  - 0
  - 1
handler: |
  several
  lines
`;
const specification = `models:
  min-workers: 1
  max-workers: 4
  batch-size: 3
  max-batch-delay: 5000
  retry-attempts: 3
  timeout-ms: 5000
  first:
    url: first.mar
  second:
    url: "second.mar"
dag:
  before: [first, second]
  first: [after]
  second: [after]
`;

/** Each mutant is read within a second, and only a coded error may come of it; the kinds of readings that were seen. */
async function readMutants(seed: string, cases: number, read: (mutant: Buffer) => Promise<string>) {
  const random = createRandom(SEED);
  const kinds = new Set<string>();
  for (let index = 0; index < cases; index++) {
    const mutant = mutate(Buffer.from(seed), random);
    const label = `case ${index} of seed ${SEED}: ${JSON.stringify(mutant.toString('latin1'))}`;
    const started = performance.now();
    const kind = await read(mutant).catch((error: unknown) => {
      if (isToolError(error)) return error.code;
      throw new Error(label, { cause: error });
    });
    expect(performance.now() - started, label).toBeLessThan(GRACE_MS);
    kinds.add(kind);
  }
  return kinds;
}

const treeOf = (files: Readonly<Record<string, string | Uint8Array>>) => planTree('m.mar', planContents(files));

test(`${CASES} mutated manifests are read or refused with a message, by the rules and the server alike`, async () => {
  const kinds = await readMutants(manifest, CASES, async (mutant) => {
    const tree = treeOf({ 'MAR-INF/MANIFEST.json': mutant });
    const { kind } = await readManifest(tree, defaultLimits);
    const served = await readIdentity(createFacts(tree), {}).then(
      () => 'served',
      (error: unknown) => (isToolError(error) ? error.code : Promise.reject(error)),
    );
    // What is not even read can never be served.
    if (kind !== 'ok') expect([kind, served]).toEqual([kind, 'MODEL_INVALID']);
    return `${kind} ${served}`;
  });
  expect([...kinds].sort()).toEqual(['ok MODEL_INVALID', 'ok served', 'unreadable MODEL_INVALID']);
});

test(`${JUDGED} archives with a mutated manifest and configuration are validated without a failing rule`, async () => {
  const random = createRandom(SEED);
  const kinds = await readMutants(manifest, JUDGED, async (mutant) => {
    const files = {
      'MAR-INF/MANIFEST.json': mutant,
      'c.yaml': mutate(Buffer.from(config), random),
      'handler.py': 'def handle(data, context):\n    return data\n',
      'model.py': 'import torch\n',
      'r.txt': mutate(Buffer.from('numpy==1.26\n-r other.txt\nhttps://example.org/a.whl\n'), random),
    };
    const findings = await runRules(planSubject('m.mar', treeOf(files)), allRules);
    expect(findings.filter(({ rule }) => rule === 'internal/rule-failed')).toEqual([]);
    return findings.map(({ rule }) => rule).join();
  });
  expect(kinds.size).toBeGreaterThan(20);
});

test(`${CASES} mutated configurations are data or unreadable`, async () => {
  const kinds = await readMutants(config, CASES, async (mutant) => {
    const reading = await readModelConfig(treeOf({ 'c.yaml': mutant }), 'c.yaml');
    return reading.kind;
  });
  expect([...kinds].sort()).toEqual(['ok', 'unreadable']);
});

test(`${CASES} mutated workflow archives have a graph or problems`, async () => {
  const random = createRandom(SEED + 1);
  const kinds = await readMutants(specification, CASES, async (mutant) => {
    const files = { 'w.yaml': mutant, 'steps.py': '', 'WAR-INF/MANIFEST.json': workflowManifest };
    const isManifest = random.int(4) === 0;
    const mutated = isManifest
      ? { 'w.yaml': specification, 'WAR-INF/MANIFEST.json': mutate(Buffer.from(workflowManifest), random) }
      : {};
    const { nodes, problems } = await readWorkflow(treeOf({ ...files, ...mutated }));
    if (problems.length === 0) expect(nodes.length).toBeGreaterThan(0);
    return problems.map(({ rule }) => rule)[0] ?? 'none';
  });
  expect([...kinds].sort()).toEqual(['none', 'workflow/graph', 'workflow/manifest', 'workflow/spec']);
});
