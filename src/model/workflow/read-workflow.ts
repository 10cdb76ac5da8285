/** A workflow archive: manifest, specification, graph, and all their problems. Nothing is run. */
import { readMemberText } from '../../core/documents/text-member.ts';
import { readYaml } from '../../core/documents/yaml.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { defaultLimits } from '../../core/limits.ts';
import { WORKFLOW_MANIFEST_PATH } from '../../core/paths.ts';
import type { Problem } from '../../core/problem.ts';
import { describeUnusable, readWorkflowManifest } from '../documents/read-manifest.ts';
import type { WorkflowManifest } from '../documents/workflow-manifest.ts';
import { MODULE_FILE } from '../handler/handler-reference.ts';
import { buildGraph, type WorkflowNode } from './workflow-graph.ts';
import { parseWorkflowSpec, type WorkflowSpec } from './workflow-spec.ts';

/** Bytes of a specification; upstream's largest example has 1 kB. */
const SPEC_BYTES = 1024 ** 2;

/** The first wrong part hides those that need it: a graph is only checked if the specification can be read. */
export interface WorkflowProblem extends Problem<'workflow/manifest' | 'workflow/spec' | 'workflow/graph'> {
  /** TorchServe's message, if TorchServe has a check. */
  readonly message: string;
  /** The details, if the message does not have them. */
  readonly detail?: string;
  readonly at: { readonly member: string; readonly pointer?: string; readonly line?: number };
}

export interface WorkflowReading {
  readonly manifest: WorkflowManifest;
  /** Undefined if it cannot be read. */
  readonly spec: WorkflowSpec | undefined;
  /** In an order in which each comes after all its parents; empty if the graph is not valid. */
  readonly nodes: readonly WorkflowNode[];
  /** The member that defines the functions, if it is in the archive. */
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
  const isWhole = problems.every(({ rule }) => rule !== 'workflow/spec');
  const nodes = spec !== undefined && isWhole ? readNodes(spec, manifest, problems) : [];
  return { manifest, spec, nodes, handler: await findHandler(tree, manifest), problems };
}

async function judgeManifest(tree: FileTree, problems: WorkflowProblem[]): Promise<WorkflowManifest> {
  const at = { member: WORKFLOW_MANIFEST_PATH };
  const add = (message: string, detail?: string) =>
    problems.push({ rule: 'workflow/manifest', message, at, ...(detail === undefined ? {} : { detail }) });
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
    problems.push({
      rule: 'workflow/spec',
      message,
      detail,
      at: { member: member || WORKFLOW_MANIFEST_PATH, ...place },
    });
  if (member === '') {
    add('Workflow spec file is not defined.', 'the manifest has no workflow.specFile');
    return undefined;
  }
  if (!(await tree.has(member))) {
    add('Workflow spec file is not in the archive.', `the manifest names ${JSON.stringify(member)}`);
    return undefined;
  }
  const text = await readMemberText(tree, member, SPEC_BYTES);
  if (text.kind !== 'ok') {
    add('Failed to parse yaml.', text.reason);
    return undefined;
  }
  const document = await readYaml(text.text, { schema: 'torchserve', asMap: true });
  if (document.kind !== 'ok') {
    add('Failed to parse yaml.', document.reason, { line: document.line });
    return undefined;
  }
  const reading = parseWorkflowSpec(document.value);
  for (const { pointer, message } of reading.problems)
    add('Invalid workflow specification.', `${pointer === '' ? 'the document' : pointer}: ${message}`, { pointer });
  return reading.spec;
}

function readNodes(spec: WorkflowSpec, { workflow }: WorkflowManifest, problems: WorkflowProblem[]) {
  const graph = buildGraph(spec);
  if (graph.kind === 'ok') return graph.nodes;
  const at = { member: workflow?.specFile ?? '', pointer: '/dag' };
  for (const { message, detail } of graph.problems) problems.push({ rule: 'workflow/graph', message, detail, at });
  return [];
}

async function findHandler(tree: FileTree, { workflow }: WorkflowManifest): Promise<WorkflowHandler | undefined> {
  const member = workflow?.handler;
  if (member === undefined || member === '' || !(await tree.has(member))) return undefined;
  return { kind: MODULE_FILE.test(member) ? 'module' : 'python', member };
}
