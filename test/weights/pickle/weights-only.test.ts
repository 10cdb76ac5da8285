import { expect, test } from 'vitest';
import { isSupported } from '../../../src/weights/pickle/weights-only.ts';

test('the opcodes of torch’s own unpickler are supported, those of newer protocols are not', () => {
  expect([isSupported('REDUCE'), isSupported('BINPERSID'), isSupported('NEWOBJ')]).toEqual([true, true, true]);
  expect([isSupported('STACK_GLOBAL'), isSupported('FRAME'), isSupported('INST')]).toEqual([false, false, false]);
});
