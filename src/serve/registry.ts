import { ToolError } from '../core/errors.ts';
import { compareBytes } from '../core/file-tree.ts';
import type { Model } from './model.ts';

interface Entry {
  defaultVersion: string;
  readonly versions: Map<string, Model>;
}

/** A place that is taken, though nobody can see yet by whom. */
export interface Claim {
  release(): void;
}

/** Name → versions. The first version becomes the default, later ones do not (contract 3.4). */
export interface Registry {
  /** Claims a name and version before the slow part of a registration, so that two cannot both succeed. */
  reserve(name: string, version: string): Claim & { commit(model: Model): void };
  /**
   * Claims the place of a model for the one that shall follow it, of the same version or another. The commit changes one for
   * the other at once; it says false when the old one has left meanwhile.
   */
  succeed(old: Model, version: string): Claim & { commit(model: Model): boolean };
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

  const claim = (name: string, version: string): Claim => {
    const key = keyOf(name, version);
    if (reserved.has(key) || entries.get(name)?.versions.has(version) === true) {
      throw new ToolError('MODEL_ALREADY_REGISTERED', { model: name, version });
    }
    reserved.add(key);
    return { release: () => reserved.delete(key) };
  };

  return {
    get,
    reserve(name, version) {
      const { release } = claim(name, version);
      return {
        commit(model) {
          release();
          add(model);
        },
        release,
      };
    },
    succeed(old, version) {
      const { release } = version === old.version ? { release: () => {} } : claim(old.name, version);
      return {
        commit(model) {
          release();
          const entry = entries.get(old.name);
          if (entry?.versions.get(old.version) !== old) return false;
          entry.versions.delete(old.version);
          entry.versions.set(version, model);
          if (entry.defaultVersion === old.version) entry.defaultVersion = version;
          return true;
        },
        release,
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
