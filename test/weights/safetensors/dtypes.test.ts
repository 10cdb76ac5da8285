import { expect, test } from 'vitest';
import { findSafetensorsDtype } from '../../../src/weights/safetensors/dtypes.ts';

test.each([
  ['F32', 'float32', 32n],
  ['BF16', 'bfloat16', 16n],
  ['F4', 'float4_e2m1fn', 4n],
  ['BOOL', 'bool', 8n],
])('%s is %s of %s bits', (code, name, bits) => {
  expect(findSafetensorsDtype(code)).toEqual({ name, bits });
});

test.each(['f32', 'F128', '__proto__', 'constructor', ''])('%j is not a dtype', (code) => {
  expect(findSafetensorsDtype(code)).toBeUndefined();
});
