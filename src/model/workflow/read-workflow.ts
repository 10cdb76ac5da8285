/** A workflow archive as it is written: manifest, specification, graph, and everything that is wrong with them. Nothing is run. */
import { readAll } from '../../core/byte-source.ts';
import { describeError } from '../../core/errors.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { defaultLimits } from '../../core/limits.ts';
import { WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';
import { describeUnusable, readWorkflowManifest } from '../documents/read-manifest.ts';
import type { WorkflowManifest } from '../documents/workflow-manifest.ts';
import { MODULE_FILE } from '../handler/handler-reference.ts';
import { buildGraph, type WorkflowNode } from './workflow-graph.ts';
import { parseWorkflowSpec, type WorkflowSpec } from './workflow-spec.ts';

/** Bytes of a specification; upstream's largest example has 1 kB. */
const SPEC_BYTES = 1024 ** 2;
/** Aliases of a document; without a bound nested ones grow exponentially. */
const MAX_ALIASES = 100;

/** The first part that is wrong hides those that need it: a graph is only judged when the specification can be read. */
export interface WorkflowProblem {
  readonly part: 'manifest' | 'spec' | 'graph';
  /** Upstream's words where upstream has a check. */
  readonly message: string;
  /** What exactly, where the words do not say it. */
  readonly detail?: string;
  readonly at: { readonly member: string; readonly pointer?: string; readonly line?: number };
}

export interface WorkflowReading {
  readonly manifest: WorkflowManifest;
  /** Undefined when it cannot be read. */
  readonly spec: WorkflowSpec | undefined;
  /** In an order in which each comes after all its parents; empty when the graph is not valid. */
  readonly nodes: readonly WorkflowNode[];
  /** The member that defines the functions, where the archive holds it. */
  readonly handler: WorkflowHandler | undefined;
  readonly problems: readonly WorkflowProblem[];
}

export interface WorkflowHandler {
  readonly kind: 'python' | 'module';
  readonly member: string;
}

export async function readWorkflow(tree: FileTree): Promise<WorkflowReading> {
  const problems: WorkflowProblem[] = [];
  const manifest = await judgeManifest(tree, problems);
  const spec = await readSpec(tree, manifest, problems);
  const isWhole = problems.every(({ part }) => part !== 'spec');
  const nodes = spec !== undefined && isWhole ? readNodes(spec, manifest, problems) : [];
  return { manifest, spec, nodes, handler: await findHandler(tree, manifest), problems };
}

async function judgeManifest(tree: FileTree, problems: WorkflowProblem[]): Promise<WorkflowManifest> {
  const at = { member: WORKFLOW_MANIFEST_PATH };
  const add = (message: string, detail?: string) =>
    problems.push({ part: 'manifest', message, at, ...(detail === undefined ? {} : { detail }) });
  const reading = await readWorkflowManifest(tree, defaultLimits);
  if (reading.kind === 'unreadable' || reading.kind === 'invalid') {
    add('Failed to parse signature.json.', describeUnusable(reading));
    return {};
  }
  const manifest = reading.kind === 'ok' ? reading.manifest : {};
  const { workflow, archiverVersion, createdOn } = manifest;
  if (workflow === undefined) add('Missing Workflow entry in manifest file.');
  else if (!workflow.workflowName) add('Workflow name is not defined.');
  if (archiverVersion === undefined) add('Workflow archive version is not defined.');
  if (createdOn === undefined) add('Workflow archive createdOn is not defined.');
  return manifest;
}

async function readSpec(
  tree: FileTree,
  { workflow }: WorkflowManifest,
  problems: WorkflowProblem[],
): Promise<WorkflowSpec | undefined> {
  if (workflow === undefined) return undefined;
  const member = workflow.specFile ?? '';
  const add = (message: string, detail: string, place: { pointer?: string; line?: number } = {}) =>
    problems.push({ part: 'spec', message, detail, at: { member: member || WORKFLOW_MANIFEST_PATH, ...place } });
  if (member === '') {
    add('Workflow spec file is not defined.', 'the manifest has no workflow.specFile');
    return undefined;
  }
  const text = await readText(tree, member, SPEC_BYTES).catch((error: unknown) => {
    add('Failed to parse yaml.', describeError(error));
    return null;
  });
  if (text === null) return undefined;
  if (text === undefined) {
    add('Workflow spec file is not in the archive.', `the manifest names ${JSON.stringify(member)}`);
    return undefined;
  }
  const document = await parseYaml(text);
  if (document.kind === 'unreadable') {
    add('Failed to parse yaml.', document.reason, { line: document.line });
    return undefined;
  }
  const reading = parseWorkflowSpec(document.value);
  for (const { pointer, message } of reading.problems)
    add('Invalid workflow specification.', `${pointer === '' ? 'the document' : pointer}: ${message}`, { pointer });
  return reading.spec;
}

type YamlReading =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly line: number };

/** YAML 1.2 as data: no tag makes anything but plain values, aliases are bounded, keys once, mappings keep their order. */
async function parseYaml(text: string): Promise<YamlReading> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, schema: 'core', customTags: null, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    return { kind: 'unreadable', reason: problem.message, line: lineCounter.linePos(problem.pos[0]).line };
  }
  try {
    return { kind: 'ok', value: document.toJS({ maxAliasCount: MAX_ALIASES, mapAsMap: true }) };
  } catch (error) {
    return { kind: 'unreadable', reason: describeError(error), line: 1 };
  }
}

function readNodes(spec: WorkflowSpec, { workflow }: WorkflowManifest, problems: WorkflowProblem[]) {
  const graph = buildGraph(spec);
  if (graph.kind === 'ok') return graph.nodes;
  const at = { member: workflow?.specFile ?? '', pointer: '/dag' };
  for (const { message, detail } of graph.problems) problems.push({ part: 'graph', message, detail, at });
  return [];
}

async function findHandler(tree: FileTree, { workflow }: WorkflowManifest): Promise<WorkflowHandler | undefined> {
  const member = workflow?.handler;
  if (member === undefined || member === '' || !(await tree.has(member))) return undefined;
  return { kind: MODULE_FILE.test(member) ? 'module' : 'python', member };
}

/** Undefined when there is no such member; throws for one that is too large or no UTF-8. */
async function readText(tree: FileTree, member: string, limit: number): Promise<string | undefined> {
  if (!(await tree.has(member))) return undefined;
  const source = await tree.open(member);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readAll(source, limit));
  } finally {
    await source.close();
  }
}
