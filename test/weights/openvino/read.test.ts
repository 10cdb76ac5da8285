import { describe, expect, it } from 'vitest';
import type { TensorFacts } from '../../../src/weights/reading/facts.ts';
import { factsOf, type RecordedSignature, type RecordedTensor, recorded } from '../recorded.ts';

describe('OpenVINO facts equal what openvino reports', () => {
  it.each(recorded<RecordedSignature & { tensors: readonly RecordedTensor[] }>('openvino'))(
    '%s',
    async (file, expected) => {
      const { format, irVersion, parameters, operators, ...facts } = await factsOf(file, 'openvino');
      const unnamed = (ports: readonly TensorFacts[]) => ports.map(({ name, ...port }) => port);
      const { Const, SoftMax: Softmax, ...others } = operators;
      expect({
        ...facts,
        inputs: unnamed(facts.inputs),
        outputs: unnamed(facts.outputs),
        tensors: unnamed(facts.tensors),
        // The class of what the file calls Const, and of what it calls SoftMax.
        operators: { ...others, Constant: Const, Softmax },
      }).toEqual(expected);
      expect({ irVersion, parameters }).toEqual({ irVersion: 11, parameters: 12 });
    },
  );
});
