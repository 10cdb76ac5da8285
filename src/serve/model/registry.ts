import { ToolError } from '../../core/errors.ts';
import { compareBytes } from '../../core/file-tree.ts';
import type { Model } from './model.ts';

interface Entry {
  defaultVersion: string;
  readonly versions: Map<string, Model>;
}

type Entries = Map<string, Entry>;

/** A reserved name and version. */
export interface Reservation {
  release(): void;
}

/** Name → versions. The first version becomes the default, later ones do not (contract 3.4). */
export interface Registry {
  /** Reserves a name and version before the slow part of a registration, so that two cannot both succeed. */
  reserve(name: string, version: string): Reservation & { commit(model: Model): void };
  /**
   * Reserves the replacement of a model, by the same version or another. `commit` swaps them at once; false when the old one
   * was removed meanwhile.
   */
  reserveReplacement(old: Model, version: string): Reservation & { commit(model: Model): boolean };
  /** The named version, or the default one. Throws MODEL_NOT_FOUND or MODEL_VERSION_NOT_FOUND. */
  get(name: string, version?: string): Model;
  /** In order of version. */
  versions(name: string): Model[];
  /** Default versions, by name. */
  defaults(): Model[];
  all(): Model[];
  setDefault(name: string, version: string): void;
  /** Removes exactly this model, also a default version; false when it was removed or replaced already. */
  withdraw(model: Model): boolean;
  /** Throws DEFAULT_VERSION_KEPT for the default version while there are others. */
  remove(name: string, version?: string): Model;
}

/** 1.9 before 1.10. */
const byVersion = new Intl.Collator('en', { numeric: true });

export function createRegistry(): Registry {
  const entries: Entries = new Map();
  const reserve = createReservations((name, version) => entries.get(name)?.versions.has(version) === true);
  return {
    get: (name, version) => find(entries, name, version),
    reserve(name, version) {
      const { release } = reserve(name, version);
      return {
        commit(model) {
          release();
          add(entries, model);
        },
        release,
      };
    },
    reserveReplacement(old, version) {
      const { release } = version === old.version ? { release: () => {} } : reserve(old.name, version);
      return {
        commit(model) {
          release();
          return replace(entries, old, version, model);
        },
        release,
      };
    },
    versions: (name) =>
      [...entryOf(entries, name).versions.values()].sort((a, b) => byVersion.compare(a.version, b.version)),
    defaults: () => [...entries.keys()].sort(compareBytes).map((name) => find(entries, name)),
    all: () => [...entries.values()].flatMap(({ versions }) => [...versions.values()]),
    setDefault(name, version) {
      const entry = entryOf(entries, name);
      if (!entry.versions.has(version)) throw new ToolError('DEFAULT_VERSION_NOT_FOUND', { model: name, version });
      entry.defaultVersion = version;
    },
    withdraw: (model) => withdraw(entries, model),
    remove: (name, version) => remove(entries, name, version),
  };
}

/** Refuses what is registered or reserved already. */
function createReservations(
  isRegistered: (name: string, version: string) => boolean,
): (name: string, version: string) => Reservation {
  const reserved = new Set<string>();
  return (name, version) => {
    const key = JSON.stringify([name, version]);
    if (reserved.has(key) || isRegistered(name, version)) {
      throw new ToolError('MODEL_ALREADY_REGISTERED', { model: name, version });
    }
    reserved.add(key);
    return { release: () => reserved.delete(key) };
  };
}

function entryOf(entries: Entries, name: string): Entry {
  const entry = entries.get(name);
  if (entry === undefined) throw new ToolError('MODEL_NOT_FOUND', { model: name });
  return entry;
}

function find(entries: Entries, name: string, version?: string): Model {
  const entry = entryOf(entries, name);
  const wanted = version ?? entry.defaultVersion;
  const model = entry.versions.get(wanted);
  if (model === undefined) throw new ToolError('MODEL_VERSION_NOT_FOUND', { model: name, version: wanted });
  return model;
}

function add(entries: Entries, model: Model): void {
  const { name, version } = model;
  const entry = entries.get(name);
  if (entry === undefined) entries.set(name, { defaultVersion: version, versions: new Map([[version, model]]) });
  else entry.versions.set(version, model);
}

/** False when the old one was removed. */
function replace(entries: Entries, old: Model, version: string, model: Model): boolean {
  const entry = entries.get(old.name);
  if (entry?.versions.get(old.version) !== old) return false;
  entry.versions.delete(old.version);
  entry.versions.set(version, model);
  if (entry.defaultVersion === old.version) entry.defaultVersion = version;
  return true;
}

/** When it was the default version, the first of the others becomes it. */
function withdraw(entries: Entries, model: Model): boolean {
  const entry = entries.get(model.name);
  if (entry?.versions.get(model.version) !== model) return false;
  entry.versions.delete(model.version);
  const [next] = entry.versions.keys();
  if (next === undefined) entries.delete(model.name);
  else if (entry.defaultVersion === model.version) entry.defaultVersion = next;
  return true;
}

function remove(entries: Entries, name: string, version: string | undefined): Model {
  const entry = entryOf(entries, name);
  const model = find(entries, name, version);
  if (model.version === entry.defaultVersion && entry.versions.size > 1)
    throw new ToolError('DEFAULT_VERSION_KEPT', { model: name });
  entry.versions.delete(model.version);
  if (entry.versions.size === 0) entries.delete(name);
  return model;
}
