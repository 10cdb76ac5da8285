import { expect, test } from 'vitest';
import { settleHalfPrecision } from '../../../../src/serve/worker/onnx/half-precision.ts';

test('Float16Array is hidden while the first tensor is made, and restored in every case', () => {
  const globals = globalThis as { Float16Array?: unknown };
  const before = Object.getOwnPropertyDescriptor(globals, 'Float16Array');
  const stand = class {};
  Object.defineProperty(globals, 'Float16Array', { value: stand, configurable: true, writable: true });
  try {
    settleHalfPrecision(() => expect(globals.Float16Array).toBeUndefined());
    expect(globals.Float16Array).toBe(stand);
    expect(() =>
      settleHalfPrecision(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(globals.Float16Array).toBe(stand);
  } finally {
    if (before) Object.defineProperty(globals, 'Float16Array', before);
    else delete globals.Float16Array;
  }
});
