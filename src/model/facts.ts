import type { FileEntry, FileTree } from '../core/file-tree.ts';
import type { Limits } from '../core/limits.ts';
import type { ModuleFacts } from '../source/parse-module.ts';
import type { PythonFacts } from '../source/parse-python.ts';
import type { WeightsProblem, WeightsReading } from '../weights/index.ts';
import type { ModelConfigReading } from './config/read-model-config.ts';
import type { LabelsReading } from './documents/labels.ts';
import type { Manifest } from './documents/manifest.ts';
import type { ManifestReading } from './documents/read-manifest.ts';
import type { RecordReading } from './documents/record.ts';
import type { Requirements } from './documents/requirements.ts';
import type { HandlerReference } from './handler/handler-reference.ts';
import type { WorkflowReading } from './workflow/read-workflow.ts';

/**
 * What the files of an archive say, each document read when it is first asked for, and once. Every reader of an archive
 * reads through this: `inspect` prints it, `validate` judges it, `pack` checks its plan with it, a worker loads by it.
 * Nothing of the archive is run. Methods throw only when the storage fails.
 */
export interface ModelFacts {
  /** A model archive, a workflow archive, or a weights file by itself. */
  readonly kind: 'archive' | 'workflow' | 'weights';
  /** An archive, a folder, or a plan not yet written. */
  readonly tree: FileTree;
  readonly limits: Limits;
  members(): Promise<ReadonlyMap<string, FileEntry>>;
  /** MAR-INF/MANIFEST.json, or why there is none. */
  manifest(): Promise<ManifestReading>;
  /** The manifest's `model`; empty when there is none that can be read. */
  model(): Promise<NonNullable<Manifest['model']>>;
  /** The file the manifest calls configFile; undefined when it names none. */
  config(): Promise<ModelConfigReading | undefined>;
  /** index_to_name.json. */
  labels(): Promise<LabelsReading>;
  /** The file the manifest calls requirementsFile. */
  requirements(): Promise<Requirements>;
  /** MAR-INF/mar.json, what `mar pack` wrote about the archive. */
  record(): Promise<RecordReading>;
  /** How the manifest's handler would be run; of a workflow, the file of its functions. */
  handler(): Promise<HandlerReference>;
  /** Facts about a Python member; undefined when it is no readable text. */
  python(member: string): Promise<PythonFacts | undefined>;
  /** Facts about a JavaScript member; undefined when it is no readable text. */
  module(member: string): Promise<ModuleFacts | undefined>;
  /** The source of a handler, or another text of at most 8 MiB; undefined when it is larger or not UTF-8. */
  text(member: string): Promise<string | undefined>;
  /** The member that holds the model's weights: the manifest's serializedFile, or the weights file itself. */
  serializedFile(): Promise<string | undefined>;
  /** Members held to be weights: the serialized file first, then those named so. */
  weightsMembers(): Promise<readonly string[]>;
  /** Facts and problems of one weights member. */
  weights(member: string): Promise<WeightsReading>;
  /** Everything wrong with any member that holds weights. */
  weightsProblems(): Promise<readonly MemberProblem[]>;
  /** Of a workflow archive: manifest, specification and graph. */
  workflow(): Promise<WorkflowReading>;
}

export interface MemberProblem {
  readonly member: string;
  readonly problem: WeightsProblem;
}
