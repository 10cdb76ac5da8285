import type { ArchiveReading } from '../archive/structure/types.ts';
import { readAll } from '../core/byte-source.ts';
import type { FileTree } from '../core/file-tree.ts';
import type { Finding } from '../core/finding.ts';
import type { Limits } from '../core/limits.ts';
import { parseModule } from '../source/parse-module.ts';
import { parsePython } from '../source/parse-python.ts';
import { readWeights } from '../weights/index.ts';
import { readManifest } from './documents/read-manifest.ts';
import { readConfig } from './documents/read-model-config.ts';
import type { Subject, Trial } from './facts.ts';
import { detectHandler } from './handler/handler-reference.ts';
import { findWeightsProblems } from './weights-problems.ts';
import { readWorkflow } from './workflow/read-workflow.ts';

/** Bytes of a handler's source; a bundle of a whole framework has 5 MB, and parsing costs a third of a second a MB. */
const SOURCE_BYTES = 8 * 1024 ** 2;

interface Parts {
  readonly path: string;
  readonly kind: Subject['kind'];
  readonly tree: FileTree;
  readonly limits: Limits;
  readonly structure: readonly Finding[];
  readonly archive: ArchiveReading | undefined;
  readonly sizeBudget?: number | undefined;
  readonly trial?: ((subject: Subject) => Promise<Trial>) | undefined;
}

/** A subject whose facts are read when a rule first asks for them, and once. */
export function createSubject(parts: Parts): Subject {
  const { tree, limits } = parts;
  const text = onceEach((member) => readText(tree, member));
  const subject: Subject = {
    ...parts,
    sizeBudget: parts.sizeBudget,
    trial: once(async () => parts.trial?.(subject)),
    text,
    members: once(async () => new Map((await tree.list()).map((entry) => [entry.path as string, entry]))),
    manifest: once(() => readManifest(tree, limits)),
    config: once(async () => {
      const reading = await subject.manifest();
      const member = reading.kind === 'ok' ? reading.manifest.model?.configFile : undefined;
      return member && (await tree.has(member)) ? readConfig(tree, member) : undefined;
    }),
    weights: onceEach((member) => readMemberWeights(tree, member)),
    weightsProblems: once(() => findWeightsProblems(subject)),
    workflow: once(() => readWorkflow(tree)),
    handler: once(async () => {
      if (parts.kind === 'workflow') {
        const { handler } = await subject.workflow();
        return handler === undefined ? { kind: 'none' as const } : { ...handler, entryPoint: undefined };
      }
      const reading = await subject.manifest();
      if (reading.kind !== 'ok') return { kind: 'none' as const };
      return detectHandler(reading.manifest, new Set((await subject.members()).keys()));
    }),
    python: onceEach(async (member) => {
      const source = await text(member);
      return source === undefined ? undefined : parsePython(source);
    }),
    module: onceEach(async (member) => {
      const source = await text(member);
      return source === undefined ? undefined : parseModule(source);
    }),
  };
  return subject;
}

async function readMemberWeights(tree: FileTree, member: string) {
  const source = await tree.open(member);
  try {
    return await readWeights(source, member);
  } finally {
    await source.close();
  }
}

async function readText(tree: FileTree, member: string): Promise<string | undefined> {
  const source = await tree.open(member);
  try {
    if (source.size > SOURCE_BYTES) return undefined;
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readAll(source, SOURCE_BYTES));
  } catch (error) {
    // The decoder's only error: the bytes are no UTF-8 text.
    if (error instanceof TypeError) return undefined;
    throw error;
  } finally {
    await source.close();
  }
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
