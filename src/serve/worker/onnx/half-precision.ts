/**
 * onnxruntime-node's native half does not know `Float16Array` and reads such a tensor as empty ("not enough space:
 * expected 4, got 0", seen with 1.30 on Node 24). Its JavaScript half decides once, at its first tensor, which array
 * stands for float16: hiding the class from that moment keeps it at Uint16Array, as on Node 20, and as our contract has it.
 */
export function settleHalfPrecision(makeFirstTensor: () => unknown): void {
  const globals = globalThis as { Float16Array?: unknown };
  const hidden = Object.getOwnPropertyDescriptor(globals, 'Float16Array');
  if (!hidden) {
    makeFirstTensor();
    return;
  }
  delete globals.Float16Array;
  try {
    makeFirstTensor();
  } finally {
    Object.defineProperty(globals, 'Float16Array', hidden);
  }
}
