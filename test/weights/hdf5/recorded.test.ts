import { describe, expect, it } from 'vitest';
import { factsOf, type RecordedTensor, recorded } from '../recorded.ts';

interface RecordedHdf5 {
  readonly tensors: readonly RecordedTensor[];
  readonly attributes: Readonly<Record<string, string>>;
}

describe('HDF5 facts equal what h5py reports', () => {
  it.each([...recorded<RecordedHdf5>('hdf5'), ...recorded<RecordedHdf5>('keras-hdf5')])(
    '%s',
    async (file, expected) => {
      const facts = await factsOf(file, 'hdf5');
      expect(facts.complete).toBe(true);
      expect(facts.tensors).toEqual(expected.tensors);
      const { model_config: config, training_config: training, ...attributes } = expected.attributes;
      expect(facts.attributes).toMatchObject(attributes);
      expect(facts.keras?.version).toBe(expected.attributes.keras_version);
    },
  );
});
