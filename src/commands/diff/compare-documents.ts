import { torchServeKeys } from '../../model/config/torchserve-keys.ts';
import type { RequirementLine } from '../../model/documents/requirements.ts';
import { addChange, type Judgement } from './add-change.ts';
import type { Differences } from './differences.ts';
import { findJsonChanges } from './json-changes.ts';
import type { Side } from './read-side.ts';

/** Manifest fields whose change a client sees, by path; every other says only who made the archive, or names a file. */
const manifestJudgements: Readonly<Record<string, Judgement>> = {
  '/model/modelName': { impact: 'breaking', why: 'Clients ask for the model by this name.' },
  '/model/envelope': { impact: 'breaking', why: 'It decides the form of requests and answers.' },
  '/runtime': { impact: 'handler', why: 'Another program runs the handler.' },
};

const FILE_NAMES = /^\/model\/(?:serializedFile|modelFile|handler|requirementsFile|configFile|sourceVocab)$/;

export function compareManifests(before: Side, after: Side, differences: Differences): void {
  const [one, two] = [manifestOf(before), manifestOf(after)];
  for (const change of findJsonChanges(one, two)) {
    const fallback = FILE_NAMES.test(change.pointer)
      ? 'It only names a file; the files themselves are compared.'
      : 'It describes the archive; no answer depends on it.';
    addChange(
      differences,
      'manifest',
      change,
      manifestJudgements[change.pointer] ?? { impact: 'metadata', why: fallback },
    );
  }
}

function manifestOf({ content }: Side): unknown {
  return content.manifest.status === 'ok' ? content.manifest.value : undefined;
}

/** Settings as they work, defaults filled in; keys of handlers as they are written. */
export function compareConfigs(before: Side, after: Side, differences: Differences): void {
  for (const change of findJsonChanges(readConfig(before), readConfig(after))) {
    const isServers = torchServeKeys.has(change.path[0] ?? '');
    addChange(
      differences,
      'config',
      change,
      isServers
        ? { impact: 'metadata', why: 'It sets how the server runs the model, not what the model answers.' }
        : { impact: 'handler', why: 'The handler reads it.' },
    );
  }
}

function readConfig({ content: { config } }: Side): Readonly<Record<string, unknown>> {
  if (config?.status !== 'ok') return config === undefined ? {} : { unreadable: config.reason };
  const own = Object.entries(config.values).filter(([key]) => !torchServeKeys.has(key));
  return { ...config.effective, ...Object.fromEntries(own) };
}

/** A class that is called otherwise breaks clients that read names; a new one at the end does not. */
export async function compareLabels(before: Side, after: Side, differences: Differences): Promise<void> {
  const [one, two] = [await before.facts.labels(), await after.facts.labels()];
  if (one.kind !== 'ok' || two.kind !== 'ok') {
    if (one.kind === two.kind) return;
    const change = one.kind === 'missing' ? 'added' : two.kind === 'missing' ? 'removed' : 'changed';
    const judgement: Judgement =
      change === 'added'
        ? { impact: 'handler', why: 'Answers name classes instead of numbering them.' }
        : { impact: 'breaking', why: 'Answers no longer name classes.' };
    addChange(differences, 'labels', { path: [], pointer: '', change }, judgement);
    return;
  }
  for (const change of findJsonChanges(Object.fromEntries(one.names), Object.fromEntries(two.names))) {
    const judgement: Judgement =
      change.change === 'added'
        ? { impact: 'compatible', why: 'A class more; every known one keeps its name.' }
        : { impact: 'breaking', why: 'Answers call this class by another name.' };
    addChange(differences, 'labels', change, judgement);
  }
}

/** By package: its line before and after. */
export async function compareRequirements(before: Side, after: Side, differences: Differences): Promise<void> {
  const [one, two] = [await before.facts.requirements(), await after.facts.requirements()];
  for (const change of findJsonChanges(linesByName(one.lines), linesByName(two.lines))) {
    addChange(
      differences,
      'requirements',
      { ...change, pointer: change.path[0] ?? '' },
      { impact: 'handler', why: 'The handler runs with other packages.' },
    );
  }
}

function linesByName(lines: readonly RequirementLine[]): Readonly<Record<string, string>> {
  return Object.fromEntries(lines.map((line) => [line.kind === 'package' ? line.name : line.text, line.text]));
}

export function compareWorkflows(before: Side, after: Side, differences: Differences): void {
  const [one, two] = [describeWorkflow(before), describeWorkflow(after)];
  for (const change of findJsonChanges(one, two))
    addChange(differences, 'workflow', change, {
      impact: change.pointer === '/manifest/workflow/workflowName' ? 'breaking' : 'handler',
      why:
        change.pointer === '/manifest/workflow/workflowName'
          ? 'Clients ask for the workflow by this name.'
          : 'The graph that answers is another.',
    });
}

function describeWorkflow({ content: { workflow } }: Side): unknown {
  return (
    workflow && {
      manifest: workflow.manifest,
      nodes: Object.fromEntries(workflow.nodes.map((node) => [node.name, node])),
    }
  );
}

/** Losing a server is what breaks; the reasons are compared by the files they come from. */
export function compareRuns(before: Side, after: Side, differences: Differences): void {
  for (const { server, able, why } of before.content.runs) {
    const now = after.content.runs.find((run) => run.server === server);
    if (now === undefined || now.able === able) continue;
    const lost = able === 'yes';
    addChange(
      differences,
      'runs',
      { path: [server], pointer: server, change: 'changed', before: able, after: now.able },
      { impact: lost ? 'breaking' : 'compatible', why: lost ? now.why : why },
    );
  }
}
