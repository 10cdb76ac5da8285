/** The specification of a workflow (contract 1.8): models with their settings, and the graph over models and functions. */
import { toJsonPointer } from '../../core/documents/json-pointer.ts';

/** How one node is run. */
export interface NodeSettings {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly batchSize: number;
  /** Milliseconds. */
  readonly maxBatchDelay: number;
  /** Retries after the first try. */
  readonly retryAttempts: number;
  /** Milliseconds of one try, including waiting. */
  readonly timeoutMs: number;
}

export interface WorkflowModel {
  readonly name: string;
  /** An archive of the model store, or a URL; undefined when none is given. */
  readonly url: string | undefined;
  readonly settings: NodeSettings;
  /** Unknown keys, which upstream silently ignores. */
  readonly unknownKeys: readonly string[];
}

export interface WorkflowSpec {
  /** The global settings at the end of `models`: functions run with them, and describe shows them. */
  readonly globals: NodeSettings;
  readonly models: ReadonlyMap<string, WorkflowModel>;
  /** Node → the nodes after it, in the order written; a node named only on the right has no entry. */
  readonly edges: ReadonlyMap<string, readonly string[]>;
}

/** A problem of a specification: the location as a JSON pointer, and the message. */
export interface SpecProblem {
  readonly pointer: string;
  readonly message: string;
}

export interface SpecReading {
  /** Undefined if `models` or `dag` cannot be read. */
  readonly spec: WorkflowSpec | undefined;
  readonly problems: readonly SpecProblem[];
}

const upstreamDefaults: NodeSettings = {
  minWorkers: 1,
  maxWorkers: 1,
  batchSize: 1,
  maxBatchDelay: 50,
  retryAttempts: 1,
  timeoutMs: 10_000,
};

interface SettingKey {
  readonly field: keyof NodeSettings;
  readonly least: number;
  /** Workers are processes, a batch takes memory, and setTimeout allows at most 2^31 - 1 ms. */
  readonly most: number;
}

const settingKeys: Readonly<Record<string, SettingKey>> = {
  'min-workers': { field: 'minWorkers', least: 1, most: 1_024 },
  'max-workers': { field: 'maxWorkers', least: 1, most: 1_024 },
  'batch-size': { field: 'batchSize', least: 1, most: 65_536 },
  'max-batch-delay': { field: 'maxBatchDelay', least: 0, most: 2 ** 31 - 1 },
  'retry-attempts': { field: 'retryAttempts', least: 0, most: 1_000 },
  'timeout-ms': { field: 'timeoutMs', least: 1, most: 2 ** 31 - 1 },
};

/** Keys of `models` that are not models. */
export const workflowSettingNames: readonly string[] = Object.keys(settingKeys);

/** Nodes of one workflow. Each is at least one process; upstream's largest example has six. */
const MAX_NODES = 256;
/** Names become model names, paths of URLs and entry points (`file:name`). */
const NODE_NAME = /^[^\s/:\u0000-\u001f\u007f]{1,128}$/;

/**
 * The document is YAML with mappings as Maps, because their order counts: a global setting applies to the models after
 * it. Where upstream fails with a Java exception (a wrong type, no `models`, no `dag`) there is a problem with a
 * message.
 */
export function parseWorkflowSpec(document: unknown): SpecReading {
  const problems: SpecProblem[] = [];
  if (!isMapping(document)) {
    return { spec: undefined, problems: [{ pointer: '', message: `expected a mapping, got ${describe(document)}` }] };
  }
  const models = sectionOf(document, 'models', problems);
  const dag = sectionOf(document, 'dag', problems);
  if (models === undefined || dag === undefined) return { spec: undefined, problems };
  const read = readModels(models, problems);
  return { spec: { ...read, edges: readEdges(dag, problems) }, problems };
}

function sectionOf(document: Mapping, key: string, problems: SpecProblem[]): Mapping | undefined {
  const value = document.get(key);
  if (isMapping(value)) return value;
  const message = value === undefined ? `${key} is missing` : `expected a mapping, got ${describe(value)}`;
  problems.push({ pointer: `/${key}`, message });
  return undefined;
}

function readModels(section: Mapping, problems: SpecProblem[]): Pick<WorkflowSpec, 'globals' | 'models'> {
  let globals = upstreamDefaults;
  const models = new Map<string, WorkflowModel>();
  for (const [key, value] of section) {
    const pointer = toJsonPointer(['models', key]);
    const setting = findSetting(key);
    if (setting !== undefined) globals = withSetting(globals, setting, value, pointer, problems);
    else if (!isNodeName(key)) problems.push({ pointer, message: badName(key) });
    else if (!isMapping(value))
      problems.push({ pointer, message: `expected a mapping with a url, got ${describe(value)}` });
    else models.set(key, readModel(key, value, globals, problems));
  }
  return { globals, models };
}

function readModel(name: string, entry: Mapping, globals: NodeSettings, problems: SpecProblem[]): WorkflowModel {
  let settings = globals;
  let url: string | undefined;
  const unknownKeys: string[] = [];
  for (const [key, value] of entry) {
    const pointer = toJsonPointer(['models', name, key]);
    const setting = findSetting(key);
    if (setting !== undefined) settings = withSetting(settings, setting, value, pointer, problems);
    else if (key === 'url' && typeof value === 'string') url = value;
    else if (key === 'url') problems.push({ pointer, message: `expected a string, got ${describe(value)}` });
    else unknownKeys.push(String(key));
  }
  return { name, url, settings, unknownKeys };
}

function findSetting(key: unknown): SettingKey | undefined {
  return typeof key === 'string' && Object.hasOwn(settingKeys, key) ? settingKeys[key] : undefined;
}

function withSetting(
  settings: NodeSettings,
  { field, least, most }: SettingKey,
  value: unknown,
  pointer: string,
  problems: SpecProblem[],
): NodeSettings {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return { ...settings, [field]: value };
  problems.push({ pointer, message: `expected a whole number from ${least} to ${most}, got ${describe(value)}` });
  return settings;
}

function readEdges(dag: Mapping, problems: SpecProblem[]): Map<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>();
  const names = new Set<string>();
  for (const [key, value] of dag) {
    const pointer = toJsonPointer(['dag', key]);
    if (!isNodeName(key)) problems.push({ pointer, message: badName(key) });
    else if (!Array.isArray(value))
      problems.push({ pointer, message: `expected a list of the nodes after it, got ${describe(value)}` });
    else {
      const next = readNext(value, pointer, problems);
      edges.set(key, next);
      for (const name of [key, ...next]) names.add(name);
    }
  }
  if (names.size > MAX_NODES)
    problems.push({ pointer: '/dag', message: `${names.size} nodes, more than the limit of ${MAX_NODES}` });
  return edges;
}

/** Upstream skips names that are null or blank: `last: []` is often written `last: [""]`. */
function readNext(list: readonly unknown[], pointer: string, problems: SpecProblem[]): string[] {
  return list.flatMap((name, index) => {
    if (name === null || (typeof name === 'string' && name.trim() === '')) return [];
    if (isNodeName(name)) return [name];
    problems.push({ pointer: `${pointer}/${index}`, message: badName(name) });
    return [];
  });
}

function isNodeName(name: unknown): name is string {
  return typeof name === 'string' && NODE_NAME.test(name);
}

function badName(name: unknown): string {
  if (typeof name !== 'string') return `expected a name, got ${describe(name)}; write it in quotes`;
  return `${JSON.stringify(name)} is not a valid node name: up to 128 characters without white space, "/" and ":"`;
}

type Mapping = ReadonlyMap<unknown, unknown>;

function isMapping(value: unknown): value is Mapping {
  return value instanceof Map;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return isMapping(value) ? 'a mapping' : JSON.stringify(value);
}
