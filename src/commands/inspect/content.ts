import type { ArchiveReading } from '../../archive/structure/types.ts';
import type { FileTree } from '../../core/file-tree.ts';
import { isAtLeast } from '../../core/finding.ts';
import { defaultLimits } from '../../core/limits.ts';
import { builtinHandlers } from '../../handlers/builtin/index.ts';
import type { Manifest } from '../../model/documents/manifest.ts';
import { readManifest } from '../../model/documents/read-manifest.ts';
import { detectHandler, type HandlerReference } from '../../model/handler/handler-reference.ts';
import type { WorkflowReading } from '../../model/workflow/read-workflow.ts';
import { describeCode } from './code.ts';
import { describeConfig } from './config.ts';
import { describeManifest } from './manifest.ts';
import type { InspectResult } from './result.ts';
import { judgeRuns } from './runs.ts';
import { describeWeights } from './weights.ts';
import { describeWorkflow, findWorkflow, judgeWorkflow } from './workflow.ts';

type Content = Pick<
  InspectResult,
  'manifest' | 'weights' | 'parameters' | 'handler' | 'workflow' | 'handlerCode' | 'config' | 'runs'
>;

/** What the members say: manifest, weights, handler, and who can run them. */
export async function describeContent({ tree, findings }: ArchiveReading): Promise<Content> {
  const sound = !findings.some(({ severity }) => isAtLeast(severity, 'error'));
  if (!tree) {
    const manifest = { status: 'unreadable', reason: 'The structure is too broken to reach it.' } as const;
    return { manifest, weights: [], handler: { kind: 'none' }, runs: [] };
  }
  const workflow = await findWorkflow(tree);
  if (workflow !== undefined) return describeWorkflowContent(workflow, tree, sound);
  const manifest = describeManifest(await readManifest(tree, defaultLimits));
  const value: Manifest = manifest.status === 'ok' ? manifest.value : {};
  const members = (await tree.list()).map(({ path }) => path as string);
  const weights = await describeWeights(tree, members, value.model?.serializedFile);
  const handler = detectHandler(value, new Set(members));
  const code = await describeCode(handler, tree);
  const config = await describeConfig(tree, value.model?.configFile);
  const counts = weights.flatMap(({ facts }) => (facts === undefined ? [] : [facts.parameters]));
  return {
    manifest,
    weights,
    ...(counts.length > 0 ? { parameters: counts.reduce((sum, count) => sum + count, 0) } : {}),
    handler: toPlain(handler),
    ...(code && { handlerCode: code }),
    ...(config && { config }),
    runs: judgeRuns({
      handler,
      manifest: manifest.status === 'ok' ? value : undefined,
      weightsFormat: weights.find(({ member }) => member === value.model?.serializedFile)?.detected,
      ownBuiltins: Object.keys(builtinHandlers),
      sound,
    }),
  };
}

async function describeWorkflowContent(reading: WorkflowReading, tree: FileTree, sound: boolean): Promise<Content> {
  const handler: HandlerReference =
    reading.handler === undefined ? { kind: 'none' } : { ...reading.handler, entryPoint: undefined };
  const code = await describeCode(handler, tree);
  const entry = reading.nodes.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  return {
    manifest: { status: 'missing' },
    weights: [],
    handler: toPlain(handler),
    workflow: describeWorkflow(reading),
    ...(code && { handlerCode: { ...code, entry } }),
    runs: judgeWorkflow(reading, sound),
  };
}

/** Without the keys that are undefined: the result is JSON. */
function toPlain(handler: HandlerReference): InspectResult['handler'] {
  if (handler.kind !== 'module' && handler.kind !== 'python') return handler;
  const { kind, member, entryPoint } = handler;
  return entryPoint === undefined ? { kind, member } : { kind, member, entryPoint };
}
