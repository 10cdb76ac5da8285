import { type Finding, isAtLeast } from '../../core/finding.ts';
import type { ModelFacts } from '../../model/facts.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import { judgeRuns } from '../../model/runs.ts';
import { describeArtefact } from './artefact.ts';
import { describeModel } from './builtin.ts';
import { describeCode } from './code.ts';
import { describeConfig } from './config.ts';
import { describeManifest } from './manifest.ts';
import type { InspectResult } from './result.ts';
import { describeWeights } from './weights.ts';
import { describeWorkflow, judgeWorkflow } from './workflow.ts';

type Content = Pick<
  InspectResult,
  | 'manifest'
  | 'artefact'
  | 'weights'
  | 'parameters'
  | 'handler'
  | 'takenFor'
  | 'workflow'
  | 'handlerCode'
  | 'config'
  | 'runs'
>;

export const unreadableContent: Content = {
  manifest: { status: 'unreadable', reason: 'The structure is too broken to reach it.' },
  weights: [],
  handler: { kind: 'none' },
  runs: [],
};

/** Facts of the members: manifest, weights, handler, and which servers can run them. */
export async function describeContent(path: string, facts: ModelFacts, findings: readonly Finding[]): Promise<Content> {
  const isSound = !findings.some(({ severity }) => isAtLeast(severity, 'error'));
  const handler = await facts.handler();
  const code = await describeCode(facts);
  if (facts.kind === 'workflow') {
    const reading = await facts.workflow();
    const entry = reading.nodes.filter(({ kind }) => kind === 'function').map(({ name }) => name);
    return {
      manifest: { status: 'missing' },
      weights: [],
      handler: toPlain(handler),
      workflow: describeWorkflow(reading),
      ...(code && { handlerCode: { ...code, entry } }),
      runs: judgeWorkflow(reading, isSound),
    };
  }
  const weights = await describeWeights(facts);
  const config = await describeConfig(facts);
  const takenFor = await describeModel(facts, handler);
  const artefact = await describeArtefact(path, facts);
  const counts = weights.flatMap(({ facts: read }) => (read?.parameters === undefined ? [] : [read.parameters]));
  return {
    manifest: describeManifest(await facts.manifest()),
    ...(artefact && { artefact }),
    weights,
    ...(counts.length > 0 ? { parameters: counts.reduce((sum, count) => sum + count, 0) } : {}),
    handler: toPlain(handler),
    ...(takenFor !== undefined && { takenFor }),
    ...(code && { handlerCode: code }),
    ...(config && { config }),
    runs: (await judgeRuns(facts, { isSound })).map(({ server, able, why }) => ({ server, able, why })),
  };
}

/** Drops undefined values: the result is JSON. */
function toPlain(handler: HandlerReference): InspectResult['handler'] {
  if (handler.kind !== 'module' && handler.kind !== 'python') return handler;
  const { kind, member, entryPoint } = handler;
  return entryPoint === undefined ? { kind, member } : { kind, member, entryPoint };
}
