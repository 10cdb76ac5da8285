import type { ByteSource } from '../../core/byte-source.ts';
import { describeKerasHdf5 } from '../keras/hdf5.ts';
import type { Hdf5Facts, TensorFacts } from '../reading/facts.ts';
import { countElementsOf, readNamed } from '../reading/named.ts';
import { Pages } from '../reading/pages.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { openHdf5 } from './file.ts';
import { walkHdf5 } from './walk.ts';

/** Maximum length of a text of the root group that is shown; longer ones are data of a program. */
const MAX_SHOWN_TEXT = 1024;

/** Facts of an HDF5 file, also of a Keras model; the data of the datasets is not read. */
export function readHdf5(source: ByteSource): Promise<WeightsReading> {
  return readNamed('hdf5', async (problems): Promise<Hdf5Facts> => {
    const file = await openHdf5(new Pages(source));
    const { tensors, attributes, complete } = await walkHdf5(file);
    const keras = describeKerasHdf5(attributes, problems);
    const shown = [...attributes].filter(([, value]) => value.length <= MAX_SHOWN_TEXT);
    return {
      format: 'hdf5',
      superblock: file.version,
      attributes: Object.fromEntries(shown),
      ...(keras && { keras }),
      complete,
      tensors: [...tensors],
      ...(complete && { parameters: countNumbers(tensors) }),
    };
  });
}

/** Elements of the datasets that hold numbers. */
export function countNumbers(tensors: readonly TensorFacts[]): number {
  const numeric = tensors.filter(({ dtype }) => /^(u?int|b?float|bool)\d*$/.test(dtype));
  return toSafeNumber(numeric.reduce((sum, { shape }) => sum + countElementsOf(shape), 0));
}
