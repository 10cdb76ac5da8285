/**
 * onnxruntime-node's native code does not know `Float16Array` and reads such a tensor as empty ("not enough space: expected 4,
 * got 0", 1.30 on Node 24). Its JavaScript chooses the array of float16 once, at the first tensor: hiding the class at that
 * moment makes it Uint16Array, as on Node 20 and in our SDK.
 */
export function settleHalfPrecision(makeFirstTensor: () => unknown): void {
  const hidden = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  if (!hidden) {
    makeFirstTensor();
    return;
  }
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    makeFirstTensor();
  } finally {
    Object.defineProperty(globalThis, 'Float16Array', hidden);
  }
}
