import { readJsonDocument } from '../../core/documents/json-document.ts';
import type { Hdf5Facts } from '../reading/facts.ts';
import type { Problems } from '../reading/problem.ts';
import { readKerasConfig } from './config.ts';

/** Nesting of a model's configuration; models in models take about ten a level. */
const MAX_DEPTH = 100;

/** The attributes that Keras wrote into the root group of an HDF5 file; undefined if the file is not from Keras. */
export function describeKerasHdf5(attributes: ReadonlyMap<string, string>, problems: Problems): Hdf5Facts['keras'] {
  const version = attributes.get('keras_version');
  const text = attributes.get('model_config');
  if (version === undefined && text === undefined) return undefined;
  const backend = attributes.get('backend');
  const known = { ...(version !== undefined && { version }), ...(backend !== undefined && { backend }) };
  if (text === undefined) return { ...known, layers: {} };
  const reading = readJsonDocument(Buffer.from(text), MAX_DEPTH);
  if (reading.kind === 'ok') return { ...known, ...readKerasConfig(reading.value, problems) };
  problems.add('weights/malformed', `The attribute model_config is not readable JSON: ${reading.reason}.`);
  return { ...known, layers: {} };
}
