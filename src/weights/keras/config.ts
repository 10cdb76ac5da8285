import { type Problems, quote } from '../reading/problem.ts';

/** Facts from the configuration of a Keras model. */
export interface KerasConfig {
  /** Sequential, Functional, or a custom class. */
  readonly class?: string;
  readonly name?: string;
  /** Class → number of layers, nested models included. */
  readonly layers: Readonly<Record<string, number>>;
}

/** Maximum number of values of one configuration: 100,000 layers have fewer. */
const MAX_VALUES = 5_000_000;

const CODE_HINT =
  'Do not load this file. If you trust its origin, rebuild the model without Lambda layers and save its weights.';

/**
 * Reads a configuration (`config.json` of .keras, the attribute `model_config` of HDF5) and reports what would run code
 * when Keras loads it.
 */
export function readKerasConfig(config: unknown, problems: Problems): KerasConfig {
  const layers = new Map<string, number>();
  const foreign = new Set<string>();
  let code = 0;
  for (const value of eachObject(config)) {
    const { class_name: name, module, config: own } = value;
    if (typeof name !== 'string') continue;
    if (name === '__lambda__' || isOldLambda(name, own)) code++;
    if (typeof module === 'string' && !isKnownModule(module)) foreign.add(`${module}.${name}`);
  }
  for (const layer of eachLayer(config)) layers.set(layer, (layers.get(layer) ?? 0) + 1);
  if (code > 0)
    problems.add(
      'weights/keras-code',
      `The model carries ${code === 1 ? 'a Python function' : `${code} Python functions`} as bytecode (Lambda), which runs when it is loaded or called.`,
      { hint: CODE_HINT },
    );
  for (const name of foreign)
    problems.add(
      'weights/keras-module',
      `The model names ${quote(name)}, which is not part of Keras: loading imports it.`,
    );
  const top = isObject(config) ? config : {};
  const own = isObject(top.config) ? top.config : {};
  return {
    ...(typeof top.class_name === 'string' && { class: top.class_name }),
    ...(typeof own.name === 'string' && { name: own.name }),
    layers: Object.fromEntries([...layers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
  };
}

/** Keras 2 kept the bytecode of a Lambda layer beside its name: [code, defaults, closure]. */
function isOldLambda(name: string, config: unknown): boolean {
  if (name !== 'Lambda' || !isObject(config)) return false;
  return config.function_type === 'lambda' || Array.isArray(config.function);
}

/**
 * Modules that Keras itself writes for its own classes. `builtins` has functions by name, which need a registered name.
 */
function isKnownModule(module: string): boolean {
  return /^(keras|tf_keras|tensorflow|keras_hub|keras_nlp|keras_cv)(\.|$)/.test(module);
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function* eachObject(root: unknown): Generator<Json> {
  const open: unknown[] = [root];
  for (let count = 0; open.length > 0 && count < MAX_VALUES; count++) {
    const value = open.pop();
    if (Array.isArray(value)) for (const item of value) open.push(item);
    else if (isObject(value)) {
      yield value;
      for (const item of Object.values(value)) open.push(item);
    }
  }
}

/** Classes of the layers of a model, and of models that are layers of it. */
function* eachLayer(root: unknown): Generator<string> {
  for (const { config } of eachObject(root)) {
    const layers = isObject(config) && Array.isArray(config.layers) ? config.layers : [];
    for (const layer of layers) if (isObject(layer) && typeof layer.class_name === 'string') yield layer.class_name;
  }
}
