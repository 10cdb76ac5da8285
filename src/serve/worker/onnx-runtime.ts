/** The only file that imports onnxruntime-node (design decision 5); it loads when the first ONNX model does. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { describeError, ToolError } from '../../core/errors.ts';
import type { Model, TensorSpec, Tensors } from '../../handlers/sdk.ts';
import { fromOrtTensor, type OrtTensorConstructor, toOrtTensor, toSpec } from './onnx-tensors.ts';

export const devices = ['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];
export type Provider = Exclude<Device, 'auto'>;

export interface LoadOptions {
  readonly device: Device;
  /** Index of the accelerator; negative when none was assigned. */
  readonly gpuId: number;
  /** Threads of one operator; undefined leaves the choice to onnxruntime (one a physical core). */
  readonly threads: number | undefined;
}

export interface LoadedModel extends Model {
  /** What runs the model. */
  readonly provider: Provider;
  /** Why that is not what was asked for; undefined when it is. */
  readonly note: string | undefined;
  close(): Promise<void>;
}

type Runtime = typeof import('onnxruntime-node');

let loading: Promise<Runtime> | undefined;

function loadRuntime(): Promise<Runtime> {
  loading ??= import('onnxruntime-node').then(
    // A CommonJS package: its exports stand on `default` where Node cannot detect their names.
    (module: Runtime & { default?: Runtime }) => module.default ?? module,
    (cause: unknown) => {
      loading = undefined;
      throw new ToolError(
        'PACKAGE_MISSING',
        {
          package: 'onnxruntime-node',
          purpose: 'run ONNX models',
          install:
            'npm install onnxruntime-node (with ONNXRUNTIME_NODE_INSTALL=skip where its download of CUDA libraries is blocked)',
        },
        { cause },
      );
    },
  );
  return loading;
}

/** Providers this build of onnxruntime knows, in order of its own listing, and whether their libraries are installed. */
export async function supportedDevices(): Promise<{ name: Provider; installed: boolean }[]> {
  const runtime = await loadRuntime();
  return runtime
    .listSupportedBackends()
    .filter((backend): backend is { name: Provider; bundled: boolean } =>
      (devices as readonly string[]).includes(backend.name),
    )
    .map(({ name, bundled }) => ({ name, installed: bundled || hasProviderLibrary(name) }));
}

/** Providers that are not bundled are a shared library beside the binding; asking for an absent one makes onnxruntime write to stderr. */
function hasProviderLibrary(name: Provider): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const binding = join(folder, 'bin', 'napi-v6', process.platform, process.arch);
  return [`libonnxruntime_providers_${name}.so`, `onnxruntime_providers_${name}.dll`].some((file) =>
    existsSync(join(binding, file)),
  );
}

/**
 * Opens a model by path: only then does onnxruntime find its external data. A device that cannot be had falls back to the
 * CPU and says so in `note`; a model that the CPU refuses throws MODEL_REFUSED with onnxruntime's words.
 */
export async function loadOnnxModel(path: string, options: LoadOptions): Promise<LoadedModel> {
  const runtime = await loadRuntime();
  const { provider: wanted, note } = chooseProvider(options, await supportedDevices());
  if (wanted !== 'cpu') {
    try {
      return toModel(runtime, await createSession(runtime, path, wanted, options), wanted, note);
    } catch (cause) {
      // Either the device or the model is at fault: the CPU attempt below tells which.
      const session = await createCpuSession(runtime, path, options);
      return toModel(
        runtime,
        session,
        'cpu',
        `${wanted} is not usable here (${describeError(cause)}); running on the CPU.`,
      );
    }
  }
  return toModel(runtime, await createCpuSession(runtime, path, options), 'cpu', note);
}

/** `auto` takes CUDA where an NVIDIA device and the library are there; WebGPU and the others only on request, since they may differ in the last digits. */
export function chooseProvider(
  { device, gpuId }: Pick<LoadOptions, 'device' | 'gpuId'>,
  available: readonly { name: Provider; installed: boolean }[],
  hasNvidiaDevice = existsSync('/dev/nvidia0'),
): { provider: Provider; note: string | undefined } {
  const isInstalled = (name: Provider) => available.some((one) => one.name === name && one.installed);
  if (device === 'auto') {
    if (isInstalled('cuda') && (gpuId >= 0 || hasNvidiaDevice)) return { provider: 'cuda', note: undefined };
    const note =
      gpuId >= 0
        ? 'a GPU was assigned but onnxruntime-node has no CUDA library installed; running on the CPU.'
        : undefined;
    return { provider: 'cpu', note };
  }
  if (device === 'cpu' || isInstalled(device)) return { provider: device, note: undefined };
  const offered = available.filter((one) => one.installed).map((one) => one.name);
  return {
    provider: 'cpu',
    note: `${device} is not installed here (available: ${offered.join(', ')}); running on the CPU.`,
  };
}

async function createCpuSession(runtime: Runtime, path: string, options: LoadOptions): Promise<InferenceSession> {
  try {
    return await createSession(runtime, path, 'cpu', options);
  } catch (cause) {
    throw new ToolError(
      'MODEL_REFUSED',
      { path, reason: describeError(cause).replace(`Load model from ${path} failed:`, '') },
      { cause },
    );
  }
}

function createSession(
  runtime: Runtime,
  path: string,
  provider: Provider,
  { gpuId, threads }: LoadOptions,
): Promise<InferenceSession> {
  const takesDevice = provider === 'cuda' || provider === 'tensorrt' || provider === 'dml';
  return runtime.InferenceSession.create(path, {
    executionProviders: [takesDevice ? { name: provider, deviceId: Math.max(0, gpuId) } : provider],
    // 3 = errors only: warnings are coloured text on stderr about things the user cannot change.
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
}

function toModel(
  runtime: Runtime,
  session: InferenceSession,
  provider: Provider,
  note: string | undefined,
): LoadedModel {
  const inputs: readonly TensorSpec[] = session.inputMetadata.map(toSpec);
  const outputs: readonly TensorSpec[] = session.outputMetadata.map(toSpec);
  const outputDtypes = new Map(outputs.map(({ name, dtype }) => [name, dtype]));
  // The class in the value's type differs from the constructor's interface only in overloads that are not used.
  const Tensor = runtime.Tensor as unknown as OrtTensorConstructor;
  return {
    inputs,
    outputs,
    provider,
    note,
    async run(feeds, names) {
      const ortFeeds = Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, toOrtTensor(Tensor, name, tensor)]),
      );
      const results = await session.run(ortFeeds, names ?? session.outputNames);
      const tensors: [string, Tensors[string]][] = [];
      for (const [name, value] of Object.entries(results)) {
        tensors.push([name, fromOrtTensor(value, outputDtypes.get(name))]);
      }
      return Object.fromEntries(tensors);
    },
    close: () => session.release(),
  };
}
