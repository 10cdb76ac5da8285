import { Malformed } from '../../core/documents/malformed.ts';
import { readNumpyHeader } from '../numpy/header.ts';
import type { SkopsFacts, TensorFacts } from '../reading/facts.ts';
import { countElementsOf } from '../reading/named.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { type Documents, isObject, textAt } from './documents.ts';

/** Bytes of an array's header; numpy's own bound is 10,000. */
const HEADER_BYTES = 64 * 1024;
/** Types of one file; a search over pipelines names 60. */
const MAX_TYPES = 1000;

/** Packages of the classes in an estimator. */
const EXPECTED =
  /^(sklearn|numpy|scipy|skops|pandas|xgboost|lightgbm|catboost|quantile_forest|imblearn|collections|datetime)\./;
/** Of `builtins` only value types: its functions run code. */
const VALUES =
  /^builtins\.(bool|bytearray|bytes|complex|dict|float|frozenset|int|list|NoneType|range|set|slice|str|tuple|type)$/;

/**
 * An estimator saved by skops: the types in it, and its arrays. skops asks before it imports a type that is not on its
 * list.
 */
export async function describeSkops(documents: Documents, problems: Problems): Promise<SkopsFacts> {
  const schema = (await documents.json('schema.json')) ?? {};
  const { protocol } = schema;
  if (typeof protocol !== 'number') throw new Malformed('its schema.json names no protocol', 0);
  const types = collectTypes(schema);
  for (const name of types)
    if (!EXPECTED.test(name) && !VALUES.test(name))
      problems.add('weights/skops-type', `The file names ${quote(name)}, which is not from a package of estimators.`, {
        hint: 'Load it only if you know what this does; skops imports it once it is trusted.',
      });
  const tensors: TensorFacts[] = [];
  for (const name of documents.names()) if (name.endsWith('.npy')) tensors.push(await describeArray(documents, name));
  const version = textAt(schema, '_skops_version');
  return {
    format: 'skops',
    protocol,
    ...(version !== undefined && { version }),
    class: typeName(schema) ?? 'unknown',
    types: [...types].sort(),
    tensors,
    parameters: toSafeNumber(tensors.reduce((sum, { shape }) => sum + countElementsOf(shape), 0)),
  };
}

function typeName(node: Readonly<Record<string, unknown>>): string | undefined {
  const [module, name] = [textAt(node, '__module__'), textAt(node, '__class__')];
  return module === undefined || name === undefined ? undefined : `${module}.${name}`;
}

function collectTypes(schema: unknown): ReadonlySet<string> {
  const types = new Set<string>();
  for (const open: unknown[] = [schema]; open.length > 0 && types.size < MAX_TYPES; ) {
    const value = open.pop();
    if (Array.isArray(value)) for (const item of value) open.push(item);
    if (!isObject(value)) continue;
    const name = typeName(value);
    if (name !== undefined) types.add(name);
    for (const item of Object.values(value)) open.push(item);
  }
  return types;
}

async function describeArray(documents: Documents, name: string): Promise<TensorFacts> {
  const content = await documents.open(name, HEADER_BYTES);
  if (content === undefined) throw new Malformed(`${quote(name)} is missing`, 0);
  const { dtype, shape } = await readNumpyHeader(content);
  return { name: name.slice(0, -'.npy'.length), dtype, shape: [...shape] };
}
