import { rm } from 'node:fs/promises';
import { openArchive } from '../../archive/open.ts';
import { ToolError } from '../../core/errors.ts';
import { compareBytes } from '../../core/file-tree.ts';
import { createFacts } from '../../model/read-facts.ts';
import type { WorkflowReading } from '../../model/workflow/read-workflow.ts';
import { readFingerprint } from '../model/fingerprint.ts';
import type { PredictionCall } from '../model/in-flight-requests.ts';
import type { LocatedArchive } from '../model/locate-archive.ts';
import type { Clock } from '../pool/clock.ts';
import type { InferenceRequest } from '../protocol/messages.ts';
import type { Service } from '../service.ts';
import { createInvoke } from './invoke-node.ts';
import { registerNodes, unregisterNodes } from './register-nodes.ts';
import { type LeafAnswer, runGraph } from './run-graph.ts';
import { describeWorkflow, type Workflow, type WorkflowDescription, type WorkflowRequest } from './workflow.ts';

export interface WorkflowServiceOptions {
  /** Runs the nodes. */
  readonly service: Pick<Service, 'register' | 'unregister' | 'compose'>;
  /** Where the archive of a model node is. */
  locateModel(url: string): Promise<LocatedArchive>;
  /** Throws for an archive that must not run. */
  admit(path: string): Promise<void>;
  readonly clock: Clock;
  /** Called after every change; the change is answered when this is done. */
  onChange(): Promise<void>;
}

export interface WorkflowCall extends Pick<InferenceRequest, 'headers' | 'parameters'>, Pick<PredictionCall, 'onGone'> {
  readonly workflow: string;
}

/** Workflows by name, over the models of a service. */
export interface WorkflowService {
  /** Resolves with the name when every node is up; on failure no node stays registered. */
  register(request: WorkflowRequest): Promise<string>;
  /** By name. */
  list(): { name: string; url: string }[];
  describe(name: string): WorkflowDescription;
  /** One answer a leaf of the graph, in topological order. */
  predict(call: WorkflowCall): Promise<readonly LeafAnswer[]>;
  /** In-flight requests are answered first. */
  unregister(name: string): Promise<void>;
  registered(): readonly Workflow[];
}

export function createWorkflowService(options: WorkflowServiceOptions): WorkflowService {
  /** Undefined while registering: the name is reserved. */
  const workflows = new Map<string, Workflow | undefined>();
  const get = (name: string): Workflow => {
    const workflow = workflows.get(name);
    if (workflow === undefined) throw new ToolError('WORKFLOW_NOT_FOUND', { workflow: name });
    return workflow;
  };
  const reserve = (name: string) => {
    if (workflows.has(name)) throw new ToolError('WORKFLOW_ALREADY_REGISTERED', { workflow: name });
    workflows.set(name, undefined);
    return { commit: (workflow: Workflow) => workflows.set(name, workflow), release: () => workflows.delete(name) };
  };

  return {
    async register(request) {
      try {
        const name = await registerWorkflow(options, request, reserve);
        await options.onChange();
        return name;
      } catch (error) {
        if (request.fetched === true && request.restored !== true) await rm(request.path, { force: true });
        throw error;
      }
    },
    list: () =>
      [...workflows.values()]
        .flatMap((workflow) => (workflow === undefined ? [] : [{ name: workflow.name, url: workflow.url }]))
        .sort((a, b) => compareBytes(a.name, b.name)),
    describe: (name) => describeWorkflow(get(name)),
    async predict({ workflow: name, headers, parameters, onGone }) {
      const workflow = get(name);
      const gone = new AbortController();
      onGone?.(() => gone.abort());
      const answering = options.service.compose((predict) => {
        const invoke = createInvoke(name, headers, predict, options.clock);
        return runGraph(workflow.nodes, parameters, invoke, gone.signal);
      });
      workflow.running.add(answering);
      return answering.finally(() => workflow.running.delete(answering));
    },
    async unregister(name) {
      const workflow = get(name);
      workflows.delete(name);
      // They end by themselves: every attempt of every node has a timeout.
      await Promise.allSettled(workflow.running);
      await unregisterNodes(options.service, name, workflow.nodes);
      if (workflow.fetchedFile !== undefined) await rm(workflow.fetchedFile, { force: true });
      await options.onChange();
    },
    registered: () => [...workflows.values()].filter((workflow) => workflow !== undefined),
  };
}

type Reserve = (name: string) => { commit(workflow: Workflow): void; release(): void };

/** Open → read → admit → register every node. Problems of the archive are reported before anything of it runs. */
async function registerWorkflow(
  options: WorkflowServiceOptions,
  request: WorkflowRequest,
  reserve: Reserve,
): Promise<string> {
  const fingerprint = await readFingerprint(request.path);
  const tree = await openArchive(request.path);
  try {
    const reading = await createFacts(tree, { kind: 'workflow' }).workflow();
    refuseProblems(reading);
    const name = request.name || reading.manifest.workflow?.workflowName || '';
    const { spec, nodes } = reading;
    if (spec === undefined || name === '')
      throw new ToolError('WORKFLOW_INVALID', { message: 'Workflow name is not defined.' });
    await options.admit(request.path);
    const reservation = reserve(name);
    try {
      await registerNodes(options, { ...request, workflow: name, tree, reading });
      const fetchedFile = request.fetched === true ? request.path : undefined;
      const facts = { name, url: request.url, request, fingerprint, spec, nodes, fetchedFile };
      reservation.commit({ ...facts, running: new Set() });
      return name;
    } catch (error) {
      reservation.release();
      throw error;
    }
  } finally {
    await tree.close();
  }
}

/** The first problem, in TorchServe's words; `mar validate` reports all. */
function refuseProblems({ problems }: WorkflowReading): void {
  const [first] = problems;
  if (first === undefined) return;
  const { rule, message, detail } = first;
  throw new ToolError(rule === 'workflow/graph' ? 'WORKFLOW_GRAPH_INVALID' : 'WORKFLOW_INVALID', { message, detail });
}
