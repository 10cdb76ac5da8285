import { isUtf8 } from 'node:buffer';
import { type ByteSource, toBuffer } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { JsonReader } from '../../core/documents/strict-json.ts';
import type { XgboostFacts } from '../reading/facts.ts';
import { readNamed } from '../reading/named.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { type Kept, type KeptList, type KeptObject, keepJson, UbjReader } from './kept.ts';

/**
 * Maximum size of a model that is read; a larger one is only named. Its trees are skipped, and its bytes are in memory
 * meanwhile.
 */
const MAX_BYTES = 64 * 1024 ** 2;

/** Facts of an XGBoost model: JSON, Universal Binary JSON, or the binary form of before 3.1, which is only named. */
export function readXgboost(source: ByteSource): Promise<WeightsReading> {
  return readNamed('xgboost', async (): Promise<XgboostFacts> => {
    const head = Buffer.from(await source.read(0, Math.min(2, source.size)));
    if (head[0] !== 0x7b) return { format: 'xgboost', encoding: 'binary', tensors: [] };
    const encoding = head[1] === 0x4c ? 'ubj' : 'json';
    if (source.size > MAX_BYTES) return { format: 'xgboost', encoding, tensors: [] };
    const bytes = toBuffer(await source.read(0, source.size));
    return toFacts(encoding, encoding === 'ubj' ? new UbjReader(bytes).keep() : readJson(bytes));
  });
}

function readJson(bytes: Buffer): Kept {
  if (!isUtf8(bytes)) throw new Malformed('it is not UTF-8', 0);
  const reader = new JsonReader(bytes);
  const value = keepJson(reader);
  reader.end();
  return value;
}

function toFacts(encoding: 'json' | 'ubj', root: Kept): XgboostFacts {
  const learner = objectIn(root, 'learner');
  const parameters = objectIn(learner, 'learner_model_param');
  const booster = objectIn(learner, 'gradient_booster');
  // dart contains a gbtree.
  const trees = objectIn(objectIn(booster, 'gbtree'), 'model');
  const model = Object.keys(trees).length > 0 ? trees : objectIn(booster, 'model');
  const names = listIn(learner, 'feature_names');
  return {
    format: 'xgboost',
    encoding,
    ...textFact('objective', textIn(objectIn(learner, 'objective'), 'name')),
    ...textFact('booster', textIn(booster, 'name')),
    ...numberFact('features', textIn(parameters, 'num_feature')),
    ...numberFact('classes', textIn(parameters, 'num_class')),
    ...numberFact('trees', textIn(objectIn(model, 'gbtree_model_param'), 'num_trees')),
    ...(names && names.first.length > 0 && { featureNames: names.first.map(String) }),
    tensors: [],
  };
}

function isObject(value: Kept): value is KeptObject {
  return typeof value === 'object' && !isList(value);
}

function isList(value: Kept): value is KeptList {
  return typeof value === 'object' && 'first' in value && Array.isArray(value.first);
}

function objectIn(parent: Kept, key: string): KeptObject {
  const found = isObject(parent) ? parent[key] : undefined;
  return isObject(found) ? found : {};
}

function listIn(parent: KeptObject, key: string): KeptList | undefined {
  const found = parent[key];
  return isList(found) ? found : undefined;
}

function textIn(parent: KeptObject, key: string): string | undefined {
  const found = parent[key];
  return typeof found === 'string' ? found : undefined;
}

function textFact<K extends string>(key: K, value: string | undefined): { [P in K]?: string } | undefined {
  return value === undefined ? undefined : ({ [key]: value } as { [P in K]?: string }); // the one key it is asked for
}

/** Numbers of a model are texts. */
function numberFact<K extends string>(key: K, value: string | undefined): { [P in K]?: number } | undefined {
  const number = value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  return number === undefined ? undefined : ({ [key]: number } as { [P in K]?: number }); // as above
}
