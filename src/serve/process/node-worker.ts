import { join } from 'node:path';
import { packageRoot } from '../../core/package-info.ts';
import { isOnnxBuiltin, onnxBuiltins } from '../../model/handler/builtin-names.ts';
import { isOnnxName } from '../../weights/onnx-name.ts';
import { addressArguments, type Candidate, inheritable, type WorkerKind } from './worker-kind.ts';

export interface NodeWorkerOptions {
  /** Environment of the server; workers inherit it, as in TorchServe. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Execution provider: auto, cpu, cuda, webgpu, … */
  readonly device: string;
  /** Threads of one operator; undefined for onnxruntime's default. */
  readonly threads: number | undefined;
  /** Matches whole names of variables that workers do not inherit. */
  readonly withheld: RegExp | undefined;
  /** False passes every input as bytes (decode_input_request). */
  readonly decodeInput: boolean;
  /** Whether every measurement is printed, instead of the latest only. */
  readonly everyMeasurement: boolean;
}

/**
 * Single-threaded garbage collection: the heap is small, but images and tensors outside it trigger collections, and helper
 * threads cost more than they save (a tenth of a photograph's processor time). Every core has its worker anyway.
 */
const ENGINE_FLAGS = ['--single-threaded-gc'];

/** Our own worker: built-in handlers over ONNX, and handlers written in TypeScript or JavaScript. */
export function nodeWorker(options: NodeWorkerOptions): WorkerKind {
  const { env, device, threads, withheld, decodeInput, everyMeasurement } = options;
  return {
    takesManner: false,
    refuse,
    launch: ({ address, modelPath }) => ({
      command: process.execPath,
      args: [...ENGINE_FLAGS, join(packageRoot, 'dist', 'serve', 'worker', 'main.js'), ...addressArguments(address)],
      cwd: modelPath,
      env: {
        ...inheritable(env, withheld),
        TSMA_DEVICE: device,
        TSMA_THREADS: threads?.toString(),
        TSMA_SUPERVISED: '1',
        TSMA_EVERY_MEASUREMENT: everyMeasurement ? '1' : undefined,
        TS_DECODE_INPUT_REQUEST: String(decodeInput),
      },
    }),
  };
}

function refuse({ manifest, handler }: Candidate): string | undefined {
  const weights = manifest.model?.serializedFile;
  switch (handler.kind) {
    case 'module':
      return undefined;
    case 'builtin':
      if (!isOnnxBuiltin(handler.name)) {
        return `the Node worker has no built-in handler ${handler.name} (it has ${onnxBuiltins.join(', ')})`;
      }
      if (!isOnnxName(weights)) {
        return `its weights ${weights ?? '(none named)'} are not ONNX, which is what the Node worker runs with ${handler.name}`;
      }
      return undefined;
    case 'python':
      return `its handler ${handler.member} is written in Python`;
    case 'cpp':
      return `its handler ${handler.name} is a C++ library`;
    case 'none':
      return 'its manifest names no handler';
    case 'missing':
      return `its manifest names the handler ${JSON.stringify(handler.text)}, which is not in the archive`;
  }
}
