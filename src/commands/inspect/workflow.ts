import type { WorkflowReading } from '../../model/workflow/read-workflow.ts';
import type { WorkflowNode } from '../../model/workflow/workflow-graph.ts';
import type { InspectedWorkflow, RunVerdict } from './result.ts';

export function describeWorkflow({ manifest, nodes, problems }: WorkflowReading): InspectedWorkflow {
  return {
    manifest,
    nodes: nodes.map(describeNode),
    problems: problems.map(({ rule, message, detail }) => ({
      rule,
      message: detail === undefined ? message : `${message.replace(/\.$/, '')}: ${detail}`,
    })),
  };
}

function describeNode({ name, kind, url, children, settings }: WorkflowNode): InspectedWorkflow['nodes'][number] {
  const { minWorkers, maxWorkers, batchSize, maxBatchDelay, retryAttempts, timeoutMs } = settings;
  return {
    name,
    kind,
    ...(url === undefined ? {} : { url }),
    next: [...children],
    workers: Math.max(minWorkers, maxWorkers),
    batchSize,
    maxBatchDelay,
    retryAttempts,
    timeoutMs,
  };
}

/** Which servers can run it, if the archives of its models are in the store. */
export function judgeWorkflow({ nodes, handler, problems }: WorkflowReading, sound: boolean): RunVerdict[] {
  const needsHandler = nodes.some(({ kind }) => kind === 'function');
  const flaw = !sound
    ? 'Its structure is refused: see the findings.'
    : problems.length > 0
      ? 'Its specification is not valid.'
      : needsHandler && handler === undefined
        ? 'The file of its functions is not in the archive.'
        : undefined;
  if (flaw !== undefined) {
    return [
      { server: 'mar serve', able: 'no', why: flaw },
      { server: 'TorchServe', able: 'no', why: flaw },
    ];
  }
  const models = 'where the model store holds its models';
  const own = needsHandler && handler?.kind === 'python' ? `Its functions are Python: ${models} and Python runs.` : '';
  const torchServe: RunVerdict =
    needsHandler && handler?.kind === 'module'
      ? { server: 'TorchServe', able: 'no', why: 'Its functions are JavaScript.' }
      : { server: 'TorchServe', able: 'unknown', why: 'Up to 0.12.0; its newest source has workflows switched off.' };
  return [{ server: 'mar serve', able: 'yes', why: own || `It runs ${models}.` }, torchServe];
}
