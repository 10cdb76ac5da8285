import { readMemberBytes, readMemberText } from '../core/documents/text-member.ts';
import type { FileTree } from '../core/file-tree.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import type { WeightsReading } from '../weights/index.ts';
import type { ArtefactReading } from './artefact/read-artefact.ts';
import { readModelConfig } from './config/read-model-config.ts';
import { readLabels } from './documents/labels.ts';
import { readManifest } from './documents/read-manifest.ts';
import { readRecord } from './documents/record.ts';
import { readRequirements } from './documents/requirements.ts';
import type { ModelFacts } from './facts.ts';
import { detectHandler, type HandlerReference } from './handler/handler-reference.ts';

/**
 * Bytes of a handler's source; a bundle of a whole framework has 5 MB, and parsing takes a third of a second per MB.
 */
const SOURCE_BYTES = 8 * 1024 ** 2;

export interface FactsOptions {
  /** Default: a model archive. */
  readonly kind?: ModelFacts['kind'];
  readonly limits?: Partial<Limits>;
  /** What the path calls the tree, without an archive's ending. */
  readonly name?: string;
  /** Of kind `weights`: the member that was asked for, with what was read of it; the others are files it refers to. */
  readonly weightsFile?: { readonly member: string; readonly reading?: WeightsReading };
}

/** The facts of a tree. Parsers of code and weights are loaded on demand: a worker needs neither. */
export function createFacts(tree: FileTree, options: FactsOptions = {}): ModelFacts {
  const { kind = 'archive', weightsFile } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const text = onceEach(async (member) => {
    const reading = await readMemberText(tree, member, SOURCE_BYTES);
    return reading.kind === 'ok' ? reading.text : undefined;
  });
  const facts: ModelFacts = {
    kind,
    tree,
    limits,
    text,
    members: once(async () => new Map((await tree.list()).map((entry) => [entry.path, entry]))),
    manifest: once(() => readManifest(tree, limits)),
    model: once(async () => {
      const reading = await facts.manifest();
      return (reading.kind === 'ok' ? reading.manifest.model : undefined) ?? {};
    }),
    config: once(async () => {
      const { configFile } = await facts.model();
      return configFile ? readModelConfig(tree, configFile) : undefined;
    }),
    labels: once(() => readLabels(tree, limits)),
    requirements: once(async () => readRequirements(tree, (await facts.model()).requirementsFile)),
    artefact: once(() => findArtefact(facts, options)),
    record: once(() => readRecord(tree, limits)),
    handler: once(() => readHandler(facts)),
    python: onceEach(async (member) => {
      const file = await readMemberBytes(tree, member, SOURCE_BYTES);
      if (file.kind !== 'ok') return undefined;
      const source = (await import('../source/python-text.ts')).decodePython(file.bytes);
      return source.kind === 'ok' ? (await import('../source/parse-python.ts')).parsePython(source.text) : undefined;
    }),
    module: onceEach(async (member) => {
      const source = await text(member);
      return source === undefined ? undefined : (await import('../source/parse-module.ts')).parseModule(source);
    }),
    serializedFile: once(async () => weightsFile?.member ?? (await facts.model()).serializedFile),
    weightsMembers: once(async () => (await import('./weights-members.ts')).findWeightsMembers(facts)),
    weights: onceEach(async (member) => {
      if (member === weightsFile?.member && weightsFile.reading) return weightsFile.reading;
      return (await import('./weights-members.ts')).readMemberWeights(tree, member);
    }),
    weightsProblems: once(async () => (await import('./weights-problems.ts')).findWeightsProblems(facts)),
    workflow: once(async () => (await import('./workflow/read-workflow.ts')).readWorkflow(tree)),
  };
  return facts;
}

async function readHandler(facts: ModelFacts): Promise<HandlerReference> {
  if (facts.kind === 'workflow') {
    const { handler } = await facts.workflow();
    return handler === undefined ? { kind: 'none' } : { ...handler, entryPoint: undefined };
  }
  const reading = await facts.manifest();
  if (reading.kind !== 'ok') return { kind: 'none' };
  return detectHandler(reading.manifest, new Set((await facts.members()).keys()));
}

async function findArtefact(facts: ModelFacts, { name = 'model' }: FactsOptions) {
  if (facts.kind !== 'archive' || (await facts.manifest()).kind !== 'missing') return undefined;
  return readArtefactOf(facts.tree, name);
}

/** What tool made the files; `name` is what their path calls them. */
export async function readArtefactOf(tree: FileTree, name: string): Promise<ArtefactReading | undefined> {
  const { readArtefact } = await import('./artefact/read-artefact.ts');
  return readArtefact(tree, name, (rooted) => {
    const { python, weights } = createFacts(rooted);
    return { python, weights, requirements: (member) => readRequirements(rooted, member) };
  });
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= read());
}

function onceEach<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (key) => {
    const known = results.get(key);
    if (known) return known;
    const result = read(key);
    results.set(key, result);
    return result;
  };
}
