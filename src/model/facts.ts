import type { ArchiveReading } from '../archive/structure/types.ts';
import type { FileEntry, FileTree } from '../core/file-tree.ts';
import type { Finding } from '../core/finding.ts';
import type { Limits } from '../core/limits.ts';
import type { ModuleFacts } from '../source/parse-module.ts';
import type { PythonFacts } from '../source/parse-python.ts';
import type { WeightsProblem, WeightsReading } from '../weights/index.ts';
import type { ManifestReading } from './documents/read-manifest.ts';
import type { HandlerReference } from './handler/handler-reference.ts';
import type { WorkflowReading } from './workflow/read-workflow.ts';

/** What the rules look at: a tree (archive, folder, or a plan not yet written) and facts about it, each read once. */
export interface Subject {
  /** The path the user gave. */
  readonly path: string;
  /** A model archive, a workflow archive, or a weights file by itself. */
  readonly kind: 'archive' | 'workflow' | 'weights';
  readonly tree: FileTree;
  readonly limits: Limits;
  /** Structure and content findings of the archive; empty for a plan. */
  readonly structure: readonly Finding[];
  /** The archive itself; absent for a plan. */
  readonly archive: ArchiveReading | undefined;
  /** Bytes the archive may have, where somebody set a budget. */
  readonly sizeBudget: number | undefined;
  /** What happened when the model was run; undefined when nobody asked for that. */
  trial(): Promise<Trial | undefined>;
  members(): Promise<ReadonlyMap<string, FileEntry>>;
  /** MAR-INF/MANIFEST.json, or why there is none. */
  manifest(): Promise<ManifestReading>;
  /** The file the manifest calls configFile; undefined when it names none or none is there. */
  config(): Promise<ConfigReading | undefined>;
  /** Facts and findings about one weights member. */
  weights(member: string): Promise<WeightsReading>;
  /** Everything wrong with any member that holds weights. */
  weightsProblems(): Promise<readonly { readonly member: string; readonly problem: WeightsProblem }[]>;
  /** Of a workflow archive: manifest, specification and graph. */
  workflow(): Promise<WorkflowReading>;
  /** How the manifest's handler would be run; of a workflow, the file of its functions. */
  handler(): Promise<HandlerReference>;
  /** Facts about a Python member; undefined when it is no readable text. */
  python(member: string): Promise<PythonFacts | undefined>;
  /** Facts about a JavaScript member; undefined when it is no readable text. */
  module(member: string): Promise<ModuleFacts | undefined>;
  /** A small text member; undefined when it is too large or not UTF-8. */
  text(member: string): Promise<string | undefined>;
}

/** model-config.yaml as far as it can be read. */
export type ConfigReading =
  | {
      readonly kind: 'ok';
      readonly member: string;
      readonly values: Readonly<Record<string, unknown>>;
      /** Line of a top-level key. */
      readonly lineOf: (key: string) => number | undefined;
    }
  | { readonly kind: 'unreadable'; readonly member: string; readonly reason: string; readonly line?: number };

/** The model, loaded in a worker and asked once. */
export type Trial =
  /** It was not tried: other rules forbid it, or this machine lacks what it needs. */
  | { readonly kind: 'unsafe' | 'not-here'; readonly reason: string }
  | { readonly kind: 'not-loaded'; readonly reason: string; readonly hint: string | undefined }
  | {
      readonly kind: 'answered';
      readonly input: TrialInput;
      /** HTTP status the server would answer with. */
      readonly status: number;
      /** The beginning of an answer that is an error. */
      readonly message: string;
    };

export interface TrialInput {
  /** What was sent, in words. */
  readonly label: string;
  /** Whether the handler is known to take such a request: an example of the archive, or a built-in handler. */
  readonly isKnown: boolean;
}
