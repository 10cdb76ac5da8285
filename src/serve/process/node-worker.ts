import { join } from 'node:path';
import { packageRoot } from '../../core/package-info.ts';
import { builtinHandlers } from '../../handlers/builtin/index.ts';
import { isOnnxName } from '../../weights/onnx-name.ts';
import { addressArguments, type Candidate, inheritable, type WorkerKind } from './worker-kind.ts';

export interface NodeWorkerOptions {
  /** Environment of the server; workers inherit it, as upstream's do. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** auto, cpu, cuda, webgpu, … */
  readonly device: string;
  /** Threads of one operator; undefined leaves it to onnxruntime. */
  readonly threads: number | undefined;
  /** Whole names of variables that workers do not inherit. */
  readonly withheld: RegExp | undefined;
  /** Off hands every input over as bytes (decode_input_request). */
  readonly decodeInput: boolean;
}

/**
 * Collecting garbage on the thread that makes it: images and tensors lie outside V8's heap and set off collections of a small
 * one, for which helper threads cost more than they save (a tenth of a photograph's processor time), and every core has its worker.
 */
const ENGINE_FLAGS = ['--single-threaded-gc'];

/** Our own worker: built-in handlers over ONNX, and handlers written in TypeScript or JavaScript. */
export function nodeWorker({ env, device, threads, withheld, decodeInput }: NodeWorkerOptions): WorkerKind {
  return {
    name: 'nodejs',
    refuse,
    launch: (address, modelPath) => ({
      command: process.execPath,
      args: [...ENGINE_FLAGS, join(packageRoot, 'dist', 'serve', 'worker', 'main.js'), ...addressArguments(address)],
      cwd: modelPath,
      env: {
        ...inheritable(env, withheld),
        TSMA_DEVICE: device,
        TSMA_THREADS: threads?.toString(),
        TSMA_SUPERVISED: '1',
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
      if (!(handler.name in builtinHandlers)) {
        return `the Node worker has no built-in handler ${handler.name} (it has ${Object.keys(builtinHandlers).join(', ')})`;
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
