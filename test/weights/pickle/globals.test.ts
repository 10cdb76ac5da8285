import { expect, test } from 'vitest';
import { isHarmless, isWeightsOnly, storageDtypes, toPython3 } from '../../../src/weights/pickle/globals.ts';

test('the allow list is that of torch.load(weights_only=True); a global that runs code is neither allowed nor harmless', () => {
  expect(isWeightsOnly('torch._utils._rebuild_tensor_v2')).toBe(true);
  expect(isWeightsOnly('collections.OrderedDict')).toBe(true);
  for (const path of ['os.system', 'builtins.eval', 'builtins.getattr', 'subprocess.Popen', 'torch.load'])
    expect([path, isWeightsOnly(path), isHarmless(path)]).toEqual([path, false, false]);
});

test.each(['numpy.ndarray', 'numpy.dtypes.Float32DType', 'torch.nn.modules.linear.Linear', 'pathlib.PosixPath'])(
  '%s is not allowed, but harmless',
  (path) => {
    expect([isWeightsOnly(path), isHarmless(path)]).toEqual([false, true]);
  },
);

test('functions in torch’s layer modules are not harmless, unlike their classes', () => {
  expect(isHarmless('torch.nn.modules.module.register_module_forward_hook')).toBe(false);
  expect(isHarmless('numpy.dtypes.load')).toBe(false);
});

test('modules of Python 2 get their new names', () => {
  expect(toPython3('__builtin__')).toBe('builtins');
  expect(toPython3('torch')).toBe('torch');
});

test('a storage has the dtype of its name', () => {
  expect(storageDtypes['torch.FloatStorage'] ?? storageDtypes.FloatStorage).toBe('float32');
});
