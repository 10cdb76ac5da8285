/**
 * The inner loops of image processing, in WebAssembly with SIMD (kernel.wat): four sums at once, several times as fast as the
 * same loops in JavaScript. A resized value is clip8((2^21 + sum of weight x pixel) >> 22) in 32-bit integers, as in Pillow; the two narrowing
 * instructions are its clip8. Wherever a loop works on more lanes than there are values left, it writes some bytes too many,
 * which the next value or line overwrites; SLACK bytes behind every area take what is left.
 */
import { KERNEL_MODULE } from './kernel-module.ts';

/** Bytes that may be read or written after the end of an area, in addition to the taps of weight 0. */
export const SLACK = 16;

type Across = (line: number, firsts: number, end: number, weights: number, taps: number, to: number) => void;

export interface Kernel {
  readonly acrossColour: Across;
  readonly acrossGray: Across;
  down(from: number, line: number, weights: number, last: number, to: number, end: number): void;
  lookUp(from: number, end: number, step: number, table: number, to: number): void;
  /** Three views of its memory. */
  readonly bytes: Uint8Array;
  readonly integers: Int32Array;
  readonly floats: Float32Array;
}

/** The part of the engine's interface that is used here; Node's types leave it out. */
interface Memory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => Memory;
  readonly Instance: new (module: object, imports: unknown) => { readonly exports: unknown };
};

const PAGE_BYTES = 65_536;
/** Enough for a photograph from a camera; memory for larger ones is released. */
const KEPT_BYTES = 8 * 1024 ** 2;

let compiled: object | undefined;
let kept: Kernel | undefined;

/** A kernel with at least this much memory. Small images share one: each caller is done before the next starts. */
export function imageKernel(bytes: number): Kernel {
  if (bytes > KEPT_BYTES) return instantiate(bytes);
  kept ??= instantiate(KEPT_BYTES);
  return kept;
}

function instantiate(size: number): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_MODULE, 'base64'));
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / PAGE_BYTES) });
  const { buffer } = memory;
  const views = { bytes: new Uint8Array(buffer), integers: new Int32Array(buffer), floats: new Float32Array(buffer) };
  const { exports } = new WebAssembly.Instance(compiled, { kernel: { memory } });
  // The engine types the exports as plain functions; kernel.wat has their parameters.
  return { ...(exports as Omit<Kernel, keyof typeof views>), ...views };
}
