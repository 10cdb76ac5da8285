import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { extractTree } from '../../archive/extract.ts';
import { describeError, isToolError, ToolError } from '../../core/errors.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { MANIFEST_PATH } from '../../core/paths.ts';
import type { WorkflowHandler, WorkflowReading } from '../../model/workflow/read-workflow.ts';
import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { LocatedArchive } from '../model/locate-archive.ts';
import type { RegisterRequest } from '../model/register-request.ts';
import type { Service } from '../service.ts';
import { nodeModelName } from './invoke-node.ts';

export interface NodeRegistrar {
  readonly service: Pick<Service, 'register' | 'unregister'>;
  /** Where the archive of a model node is. */
  locateModel(url: string): Promise<LocatedArchive>;
}

export interface NodeTimeouts {
  /** Seconds; undefined leaves them to the server's defaults. */
  readonly responseTimeout?: number | undefined;
  readonly startupTimeout?: number | undefined;
}

interface Plan extends NodeTimeouts {
  readonly workflow: string;
  /** The workflow's archive, and what it says. */
  readonly tree: FileTree;
  readonly reading: WorkflowReading;
}

/** Registers every node as a model of the service, side by side; all of them, or none with WORKFLOW_FAILED. */
export async function registerNodes(registrar: NodeRegistrar, plan: Plan): Promise<void> {
  const { workflow, reading } = plan;
  const scratch = await mkdtemp(join(tmpdir(), 'tsma-workflow-'));
  const folder = join(scratch, 'functions');
  // The user knows the archive, not where its files lie for a moment.
  const wordReason = (reason: unknown) => describeError(reason).replaceAll(folder, plan.tree.label);
  try {
    const functions = await writeFunctions(folder, plan);
    const results = await Promise.allSettled(
      reading.nodes.map(async (node) => registrar.service.register(await toRequest(registrar, plan, node, functions))),
    );
    const failures = results.flatMap((result, index) => {
      const node = reading.nodes[index];
      return result.status === 'rejected' && node !== undefined
        ? [wordFailure(workflow, node, wordReason(result.reason))]
        : [];
    });
    if (failures.length === 0) return;
    const there = reading.nodes.filter((_, index) => isRegistered(results[index]));
    await unregisterNodes(registrar.service, workflow, there);
    throw new ToolError('WORKFLOW_FAILED', { workflow, failures });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export async function unregisterNodes(
  service: Pick<Service, 'unregister'>,
  workflow: string,
  nodes: readonly WorkflowNode[],
): Promise<void> {
  const results = await Promise.allSettled(
    nodes.map(({ name }) => service.unregister(nodeModelName(workflow, name), undefined)),
  );
  for (const result of results) {
    if (result.status === 'rejected' && !isMissing(result.reason)) throw result.reason;
  }
}

/** Someone removed the node's model by its own name; it is gone, as wanted. */
function isMissing(error: unknown): boolean {
  return isToolError(error) && error.code === 'MODEL_NOT_FOUND';
}

/** A model whose workers cannot start stays registered without any. */
function isRegistered(result: PromiseSettledResult<unknown> | undefined): boolean {
  if (result?.status !== 'rejected') return true;
  return isToolError(result.reason) && result.reason.code === 'WORKERS_FAILED';
}

function wordFailure(workflow: string, { name }: WorkflowNode, reason: string): string {
  return `Workflow Node ${nodeModelName(workflow, name)} failed to register. Details: ${reason}`;
}

async function toRequest(
  { locateModel }: NodeRegistrar,
  { workflow, responseTimeout, startupTimeout }: Plan,
  { name, url, settings }: WorkflowNode,
  functions: FunctionsFolder | undefined,
): Promise<RegisterRequest> {
  const shared = {
    modelName: nodeModelName(workflow, name),
    workflow,
    initialWorkers: Math.max(settings.minWorkers, settings.maxWorkers),
    batchSize: settings.batchSize,
    maxBatchDelay: settings.maxBatchDelay,
    responseTimeout,
    startupTimeout,
  };
  if (url !== undefined) return { ...shared, ...(await locateModel(url)), url };
  if (functions === undefined) throw new ToolError('MODEL_INVALID', { message: 'The workflow has no handler file.' });
  return { ...shared, path: functions.path, url: '', handler: `${functions.handler}:${name}` };
}

interface FunctionsFolder {
  readonly path: string;
  /** The member that defines the functions. */
  readonly handler: string;
}

/**
 * The workflow's files as a model folder that all functions are registered from, each with an entry point of its own:
 * to the rest of the server a function is a model like any other, judged and run as one.
 */
async function writeFunctions(folder: string, { tree, reading, workflow }: Plan): Promise<FunctionsFolder | undefined> {
  const first = reading.nodes.find(({ kind }) => kind === 'function');
  const { handler } = reading;
  if (first === undefined || handler === undefined) return undefined;
  await extractTree(tree, folder, { exclude: (path) => /^(war|mar)-inf\//i.test(path) });
  const manifest = join(folder, MANIFEST_PATH);
  await mkdir(dirname(manifest), { recursive: true });
  await writeFile(manifest, JSON.stringify(toManifest(workflow, handler, first.name, reading)));
  return { path: folder, handler: handler.member };
}

/** Upstream gives every function the version 1.0 (contract 1.8). */
function toManifest(workflow: string, { kind, member }: WorkflowHandler, first: string, { manifest }: WorkflowReading) {
  const { createdOn, archiverVersion } = manifest;
  const model = { modelName: workflow, modelVersion: '1.0', handler: `${member}:${first}` };
  return { createdOn, runtime: kind === 'module' ? 'nodejs' : 'python', model, archiverVersion };
}
