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
  /** Seconds; undefined for the server's default. */
  readonly responseTimeout?: number | undefined;
  readonly startupTimeout?: number | undefined;
}

interface Plan extends NodeTimeouts {
  readonly workflow: string;
  /** The workflow's archive and its parsed content. */
  readonly tree: FileTree;
  readonly reading: WorkflowReading;
}

/** Registers every node as a model, in parallel: all of them, or none and WORKFLOW_FAILED. */
export async function registerNodes(registrar: NodeRegistrar, plan: Plan): Promise<void> {
  const { workflow, reading } = plan;
  const scratch = await mkdtemp(join(tmpdir(), 'tsma-workflow-'));
  const folder = join(scratch, 'functions');
  // Errors name the archive, not the temporary folder.
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
    const registered = reading.nodes.filter((_, index) => results[index]?.status === 'fulfilled');
    await unregisterNodes(registrar.service, workflow, registered);
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

/** The node's model was unregistered by its own name already. */
function isMissing(error: unknown): boolean {
  return isToolError(error) && error.code === 'MODEL_NOT_FOUND';
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
 * Writes the workflow's files as a model folder. Every function is registered from it with an entry point of its own, so
 * that the rest of the server sees a model like any other.
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
