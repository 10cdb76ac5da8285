import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-info.ts';
import { isOnnxName } from '../../weights/onnx-name.ts';
import {
  addressArguments,
  type Candidate,
  inheritable,
  type WorkerKind,
  type WorkerLaunch,
  type WorkerPlace,
} from '../process/worker-kind.ts';
import { findPython, type PythonProbe } from './environment.ts';
import { installRequirements, REQUIREMENTS_FOLDER } from './requirements.ts';
import { parallelEnvironment, torchrunArguments } from './torchrun.ts';

export interface PythonWorkerOptions {
  /** Environment of the server; workers inherit it, as in TorchServe. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A program, or the folder of a virtual environment. */
  readonly python: string | undefined;
  /** Path of a metrics.yaml; undefined for TorchServe's own. */
  readonly metricsConfig: string | undefined;
  /** Whether the worker decodes JSON and text inputs (decode_input_request). */
  readonly decodeInput: boolean;
  /** Matches whole names of variables that workers do not inherit. */
  readonly withheld: RegExp | undefined;
  readonly threads: number | undefined;
  /** Whether a model's requirements file is installed (install_py_dep_per_model). */
  readonly installRequirements: boolean;
  /** Whether the handler may be an installed module outside the archive. */
  readonly foreignHandlers: boolean;
}

/** Modules of TorchServe's built-in handlers beyond those of the worker: module → package. */
const VISION = { torchvision: 'torchvision', captum: 'captum' };
const BUILTIN_NEEDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  image_classifier: VISION,
  image_segmenter: VISION,
  object_detector: VISION,
  text_classifier: { torchtext: 'torchtext', captum: 'captum' },
};

/** TorchServe's own worker process: Python handlers, and its built-in handlers over PyTorch weights (contract 5). */
export function pythonWorker(options: PythonWorkerOptions): WorkerKind {
  const findFor = createFinder(options);
  return {
    takesManner: true,
    async refuse(candidate) {
      const reason = refuseContent(candidate, options.foreignHandlers);
      if (reason !== undefined) return reason;
      const probe = await findFor(candidate);
      return probe.kind === 'found' ? undefined : probe.reason;
    },
    async prepare({ model, folder, candidate, onLine }) {
      const file = candidate.manifest.model?.requirementsFile;
      if (!options.installRequirements || file === undefined || file === '') return;
      const { executable } = await findOrThrow(findFor, candidate);
      await installRequirements({ model, executable, folder, file, env: options.env, onLine });
    },
    async launch(place) {
      const { executable, torchServe } = await findOrThrow(findFor, place.candidate);
      const metricsConfig = options.metricsConfig ?? join(torchServe, 'configs', 'metrics.yaml');
      return {
        command: executable,
        args: [
          ...torchrunArguments(place),
          join(torchServe, 'model_service_worker.py'),
          ...addressArguments(place.address),
          '--metrics-config',
          metricsConfig,
          ...(place.manner.asyncCommunication ? ['--async'] : []),
        ],
        cwd: place.modelPath,
        env: { ...toEnvironment(options, torchServe, place), ...parallelEnvironment(place) },
      };
    },
  };
}

type Finder = (candidate: Candidate) => Promise<PythonProbe>;

/** Caches probes by runtime and handler; a failed one is repeated, since packages can be installed meanwhile. */
function createFinder({ env, python }: PythonWorkerOptions): Finder {
  const probes = new Map<string, Promise<PythonProbe>>();
  return async ({ manifest, handler }) => {
    const runtime = manifest.runtime ?? 'python';
    const builtin = handler.kind === 'builtin' ? handler.name : '';
    const key = `${runtime} ${builtin}`;
    const search = { chosen: python, runtime, env, cwd: packageRoot };
    const probing = probes.get(key) ?? findPython(search, BUILTIN_NEEDS[builtin]);
    probes.set(key, probing);
    const probe = await probing;
    if (probe.kind === 'lacking') probes.delete(key);
    return probe;
  };
}

/** Throws only if Python was removed since `refuse` found it. */
async function findOrThrow(find: Finder, candidate: Candidate) {
  const probe = await find(candidate);
  if (probe.kind === 'lacking') throw new ToolError('WORKER_DIED', { reason: `Cause: ${probe.reason}.`, output: [] });
  return probe.environment;
}

function refuseContent({ manifest, handler }: Candidate, foreignHandlers: boolean): string | undefined {
  const weights = manifest.model?.serializedFile;
  switch (handler.kind) {
    case 'python':
      return undefined;
    case 'builtin':
      // Its built-in handlers call an ONNX session as if it were a function (contract 6.1).
      return isOnnxName(weights) ? `TorchServe's ${handler.name} cannot run ONNX weights` : undefined;
    case 'missing':
      return foreignHandlers
        ? undefined
        : `a Python worker runs only handlers of the archive itself (--skip-validation lets it import any installed module)`;
    case 'module':
      return 'a Python worker cannot run JavaScript';
    case 'cpp':
      return 'a Python worker cannot run a C++ library';
    case 'none':
      return 'a Python worker needs a handler';
  }
}

/**
 * Contract 5.1. PYTHONPATH begins with the model's own folders: a module of the handler's name elsewhere must not be
 * imported instead.
 */
function toEnvironment(
  { env, decodeInput, withheld, threads }: PythonWorkerOptions,
  torchServe: string,
  { modelPath, candidate: { handler } }: WorkerPlace,
): WorkerLaunch['env'] {
  const handlerFolder = handler.kind === 'python' ? join(modelPath, dirname(handler.member)) : modelPath;
  const requirements = join(modelPath, REQUIREMENTS_FOLDER);
  const folders = [
    handlerFolder,
    ...(handlerFolder === modelPath ? [] : [modelPath]),
    ...(existsSync(requirements) ? [requirements] : []),
    ...(env.PYTHONPATH ? [env.PYTHONPATH] : []),
    dirname(torchServe),
  ];
  return {
    // As in our own worker: no telemetry from handlers that use onnxruntime.
    ORT_DISABLE_TELEMETRY: '1',
    ...inheritable(env, withheld),
    PYTHONPATH: folders.join(delimiter),
    TS_DECODE_INPUT_REQUEST: String(decodeInput),
    TS_IPEX_ENABLE: 'false',
    TS_IPEX_GPU_ENABLE: 'false',
    // Unset: TorchServe's worker appends its rank to the socket's name.
    LOCAL_RANK: undefined,
    RANK: undefined,
    WORLD_SIZE: undefined,
    ...(threads === undefined ? {} : { OMP_NUM_THREADS: String(threads) }),
  };
}
