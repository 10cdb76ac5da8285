import { toJsonPointer } from '../../core/documents/json-pointer.ts';
import { nearest } from '../../core/names/nearest.ts';
import { checkHandlerKeys, type HandlerKeyProblem, handlerSections } from './handler-keys.ts';
import { findInertKeys, type Runner } from './inert-keys.ts';
import type { ModelConfig } from './read-model-config.ts';
import { conventionalKeys, isTaken, torchrunKeys, torchServeKeys } from './torchserve-keys.ts';

/** A setting of model-config.yaml without the intended effect. */
export interface ConfigProblem {
  readonly message: string;
  readonly hint: string;
  readonly pointer: string;
  readonly line?: number;
}

/** TorchServe's settings with a value that it does not accept. */
export function findUnusableValues(config: ModelConfig): readonly ConfigProblem[] {
  const wrong = Object.keys(config.values).flatMap((name): ConfigProblem[] => {
    const key = torchServeKeys.get(name);
    if (!key || isTaken(config, name, key)) return [];
    const written = config.isFloat(name)
      ? `${describeValue(config.values[name])} as a float`
      : describeValue(config.values[name]);
    const message = `${name} is ${written}; expected ${key.expected}. TorchServe goes by ${key.otherwise}.`;
    return [{ message, hint: 'Fix the value, or remove the key.', ...placeOf(config, [name]) }];
  });
  return [...wrong, ...findTorchrunKeys(config), ...findHalfPairs(config), ...findEndlessSequences(config)];
}

function findTorchrunKeys(config: ModelConfig): readonly ConfigProblem[] {
  const { torchrun } = config.values;
  if (typeof torchrun !== 'object' || torchrun === null || Array.isArray(torchrun)) return [];
  return Object.keys(torchrun)
    .filter((key) => !torchrunKeys.includes(key))
    .map((key) => ({
      message: `torchrun has the unknown key ${JSON.stringify(key)}.`,
      hint: suggest(key, torchrunKeys),
      ...placeOf(config, ['torchrun', key]),
    }));
}

/** minWorkers and maxWorkers count only together. */
function findHalfPairs(config: ModelConfig): readonly ConfigProblem[] {
  const { minWorkers, maxWorkers } = config.values;
  const at = placeOf(config, [minWorkers === undefined ? 'maxWorkers' : 'minWorkers']);
  if (typeof minWorkers === 'number' && typeof maxWorkers === 'number' && minWorkers > maxWorkers) {
    const message = `minWorkers (${minWorkers}) is above maxWorkers (${maxWorkers}); both are ignored.`;
    return [{ message, hint: 'Swap them, or make them equal.', ...at }];
  }
  if ((minWorkers === undefined) === (maxWorkers === undefined)) return [];
  const [set, unset] = minWorkers === undefined ? ['maxWorkers', 'minWorkers'] : ['minWorkers', 'maxWorkers'];
  return [{ message: `${set} is set without ${unset}; TorchServe ignores it.`, hint: `Set ${unset} too.`, ...at }];
}

/** TorchServe keeps no sequence without this bound, and so answers each of its requests with 503. */
function findEndlessSequences(config: ModelConfig): readonly ConfigProblem[] {
  const { sequenceBatching, sequenceMaxIdleMSec } = config.values;
  if (sequenceBatching !== true || (sequenceMaxIdleMSec !== undefined && sequenceMaxIdleMSec !== 0)) return [];
  const message =
    'sequenceBatching is set without sequenceMaxIdleMSec; TorchServe refuses every request of a sequence.';
  const hint = 'Set sequenceMaxIdleMSec to the milliseconds after which a sequence without requests ends.';
  return [{ message, hint, ...placeOf(config, ['sequenceBatching']) }];
}

/** Settings that this server does not act on. */
export function findInertSettings(config: ModelConfig, runner: Runner): readonly ConfigProblem[] {
  return findInertKeys(config, runner).map(({ name, reason }) => ({
    message: `mar serve does not act on ${name}: ${reason}.`,
    hint: 'Leave it, if the archive is for TorchServe; it changes nothing here.',
    ...placeOf(config, [name]),
  }));
}

/** Unknown top-level keys that are very similar to a known one; other unknown keys are left to the handler. */
export function findMisspeltKeys(config: ModelConfig, builtin: string | undefined): readonly ConfigProblem[] {
  const own = builtin === undefined ? [] : handlerSections(builtin);
  const known = [...torchServeKeys.keys(), ...own];
  return Object.keys(config.values).flatMap((key): ConfigProblem[] => {
    if (known.includes(key) || conventionalKeys.includes(key)) return [];
    const meant = nearest(key, known);
    if (meant === undefined) return [];
    const reader = handlerSections(builtin ?? '').some((name) => name === meant) ? builtin : 'TorchServe';
    const message = `${JSON.stringify(key)} is not a setting of ${reader}.`;
    return [{ message, hint: `Did you mean ${meant}?`, ...placeOf(config, [key]) }];
  });
}

/** Keys and values that a built-in handler over ONNX refuses when it loads. */
export function findRefusedKeys(config: ModelConfig, builtin: string): readonly ConfigProblem[] {
  return checkHandlerKeys(builtin, config.values).map((problem) => ({
    message: `${builtin} does not take ${problem.path.map(String).join('.')}: ${problem.message}.`,
    hint: suggestKey(problem),
    ...placeOf(config, problem.path),
  }));
}

function suggestKey({ unknown }: HandlerKeyProblem): string {
  return unknown === undefined ? 'Fix the value, or remove the key.' : suggest(unknown.key, unknown.known);
}

function suggest(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`;
}

/** A label file that was packed as the configuration: every key is a class index, every value its name. */
export function looksLikeLabels({ values }: ModelConfig): boolean {
  const entries = Object.entries(values);
  return entries.length > 0 && entries.every(([key, name]) => /^\d+$/.test(key) && isName(name));
}

function isName(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && typeof value.at(-1) === 'string');
}

/** A value as a message shows it. */
function describeValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function placeOf({ lineOf }: ModelConfig, path: readonly PropertyKey[]): { pointer: string; line?: number } {
  const line = lineOf(String(path[0]));
  return { pointer: toJsonPointer(path), ...(line === undefined ? {} : { line }) };
}
