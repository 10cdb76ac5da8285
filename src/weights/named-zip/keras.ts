import { Malformed } from '../../core/documents/malformed.ts';
import { openHdf5 } from '../hdf5/file.ts';
import { countNumbers } from '../hdf5/read.ts';
import { walkHdf5 } from '../hdf5/walk.ts';
import { readKerasConfig } from '../keras/config.ts';
import type { KerasFacts } from '../reading/facts.ts';
import { Pages } from '../reading/pages.ts';
import type { Problems } from '../reading/problem.ts';
import { type Documents, textAt } from './documents.ts';

const WEIGHTS = 'model.weights.h5';
/** Variables of the training, not of the model. */
const TRAINING = /^(optimizer|seed_generators?)\//;

/** A model of Keras 3: its configuration, and its weights as HDF5. */
export async function describeKeras(documents: Documents, problems: Problems): Promise<KerasFacts> {
  const metadata = await documents.json('metadata.json');
  const config = await documents.json('config.json');
  const version = textAt(metadata, 'keras_version');
  const savedAt = textAt(metadata, 'date_saved');
  return {
    format: 'keras',
    ...(version !== undefined && { version }),
    ...(savedAt !== undefined && { savedAt }),
    ...readKerasConfig(config, problems),
    ...(await readWeights(documents)),
  };
}

async function readWeights(documents: Documents): Promise<Pick<KerasFacts, 'tensors' | 'parameters'>> {
  const content = await documents.open(WEIGHTS);
  if (content === undefined) return { tensors: [] };
  try {
    const { tensors, complete } = await walkHdf5(await openHdf5(new Pages(content)));
    const own = tensors.filter(({ name }) => !TRAINING.test(name));
    return { tensors: [...tensors], ...(complete && { parameters: countNumbers(own) }) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Malformed(`its ${WEIGHTS} cannot be read: ${error.message}`, 0);
  }
}
