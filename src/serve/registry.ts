import { ToolError } from '../core/errors.ts';
import { compareBytes } from '../core/file-tree.ts';
import type { Model } from './model.ts';

interface Entry {
  defaultVersion: string;
  readonly versions: Map<string, Model>;
}

/** Name → versions. The first version becomes the default, later ones do not (contract 3.4). */
export interface Registry {
  /** Claims a name and version before the slow part of a registration, so that two cannot both succeed. */
  reserve(name: string, version: string): { commit(model: Model): void; release(): void };
  /** The version asked for, or the default one. Throws MODEL_NOT_FOUND or MODEL_VERSION_NOT_FOUND. */
  get(name: string, version?: string): Model;
  /** In order of version. */
  versions(name: string): Model[];
  /** Default versions, by name. */
  defaults(): Model[];
  all(): Model[];
  setDefault(name: string, version: string): void;
  /** Takes it out; throws DEFAULT_VERSION_KEPT while other versions lean on it. */
  remove(name: string, version?: string): Model;
}

/** 1.9 before 1.10. */
const byVersion = new Intl.Collator('en', { numeric: true });

export function createRegistry(): Registry {
  const entries = new Map<string, Entry>();
  const reserved = new Set<string>();
  const keyOf = (name: string, version: string) => JSON.stringify([name, version]);

  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new ToolError('MODEL_NOT_FOUND', { model: name });
    return entry;
  };
  const get = (name: string, version?: string): Model => {
    const entry = entryOf(name);
    const model = entry.versions.get(version ?? entry.defaultVersion);
    if (model === undefined)
      throw new ToolError('MODEL_VERSION_NOT_FOUND', { model: name, version: version ?? entry.defaultVersion });
    return model;
  };
  const add = (model: Model) => {
    const entry = entries.get(model.name);
    if (entry === undefined)
      entries.set(model.name, { defaultVersion: model.version, versions: new Map([[model.version, model]]) });
    else entry.versions.set(model.version, model);
  };

  return {
    get,
    reserve(name, version) {
      const key = keyOf(name, version);
      if (reserved.has(key) || entries.get(name)?.versions.has(version) === true) {
        throw new ToolError('MODEL_ALREADY_REGISTERED', { model: name, version });
      }
      reserved.add(key);
      return {
        commit(model) {
          reserved.delete(key);
          add(model);
        },
        release: () => reserved.delete(key),
      };
    },
    versions: (name) => [...entryOf(name).versions.values()].sort((a, b) => byVersion.compare(a.version, b.version)),
    defaults: () => [...entries.keys()].sort(compareBytes).map((name) => get(name)),
    all: () => [...entries.values()].flatMap(({ versions }) => [...versions.values()]),
    setDefault(name, version) {
      const entry = entryOf(name);
      if (!entry.versions.has(version)) throw new ToolError('DEFAULT_VERSION_NOT_FOUND', { model: name, version });
      entry.defaultVersion = version;
    },
    remove(name, version) {
      const entry = entryOf(name);
      const model = get(name, version);
      if (model.version === entry.defaultVersion && entry.versions.size > 1)
        throw new ToolError('DEFAULT_VERSION_KEPT', { model: name });
      entry.versions.delete(model.version);
      if (entry.versions.size === 0) entries.delete(name);
      return model;
    },
  };
}
