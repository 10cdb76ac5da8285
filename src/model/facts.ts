import type { FileEntry, FileTree } from '../core/file-tree.ts';
import type { Limits } from '../core/limits.ts';
import type { ModuleFacts } from '../source/parse-module.ts';
import type { PythonFacts } from '../source/parse-python.ts';
import type { WeightsProblem, WeightsReading } from '../weights/index.ts';
import type { ArtefactReading } from './artefact/read-artefact.ts';
import type { ModelConfigReading } from './config/read-model-config.ts';
import type { LabelsReading } from './documents/labels.ts';
import type { Manifest } from './documents/manifest.ts';
import type { ManifestReading } from './documents/read-manifest.ts';
import type { RecordReading } from './documents/record.ts';
import type { Requirements } from './documents/requirements.ts';
import type { HandlerReference } from './handler/handler-reference.ts';
import type { WorkflowReading } from './workflow/read-workflow.ts';

/**
 * The facts of an archive, each document read once, when it is first needed. Every reader of an archive uses them:
 * `inspect` prints them, `validate` checks them, `pack` checks its plan with them, a worker loads by them. Nothing of
 * the archive is run. Methods throw only if the storage fails.
 */
export interface ModelFacts {
  /** A model archive, a workflow archive, or a single weights file. */
  readonly kind: 'archive' | 'workflow' | 'weights';
  /** An archive, a folder, or a plan not yet written. */
  readonly tree: FileTree;
  readonly limits: Limits;
  members(): Promise<ReadonlyMap<string, FileEntry>>;
  /** MAR-INF/MANIFEST.json, or the reason why there is none. */
  manifest(): Promise<ManifestReading>;
  /** The manifest's `model`; empty if it cannot be read. */
  model(): Promise<NonNullable<Manifest['model']>>;
  /** The file named by the manifest's configFile; undefined if it names none. */
  config(): Promise<ModelConfigReading | undefined>;
  /** index_to_name.json. */
  labels(): Promise<LabelsReading>;
  /** The file named by the manifest's requirementsFile. */
  requirements(): Promise<Requirements>;
  /** What another tool made, of which there is no manifest; undefined when no tool's marks are known in it. */
  artefact(): Promise<ArtefactReading | undefined>;
  /** MAR-INF/mar.json, what `mar pack` wrote about the archive. */
  record(): Promise<RecordReading>;
  /** What runs the manifest's handler; for a workflow, the file of its functions. */
  handler(): Promise<HandlerReference>;
  /** Facts about a Python member; undefined if it is not readable text. */
  python(member: string): Promise<PythonFacts | undefined>;
  /** Facts about a JavaScript member; undefined if it is not readable text. */
  module(member: string): Promise<ModuleFacts | undefined>;
  /** The source of a handler, or another text of at most 8 MiB; undefined if it is larger or not UTF-8. */
  text(member: string): Promise<string | undefined>;
  /** The member with the model's weights: the manifest's serializedFile, or the weights file itself. */
  serializedFile(): Promise<string | undefined>;
  /** Members that count as weights: the serialized file first, then those with names of weights. */
  weightsMembers(): Promise<readonly string[]>;
  /** Facts and problems of one weights member. */
  weights(member: string): Promise<WeightsReading>;
  /** All problems of all weights members. */
  weightsProblems(): Promise<readonly MemberProblem[]>;
  /** Of a workflow archive: manifest, specification and graph. */
  workflow(): Promise<WorkflowReading>;
}

export interface MemberProblem {
  readonly member: string;
  readonly problem: WeightsProblem;
}
