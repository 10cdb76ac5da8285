/** The only file that imports onnxruntime-node (design decision 5); it loads when the first ONNX model does. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { describeError, ToolError } from '../../core/errors.ts';
import type { Model, Tensors } from '../../handlers/sdk.ts';
import { type AvailableProvider, chooseProvider, type Device, devices, type Provider } from './devices.ts';
import { settleHalfPrecision } from './half-precision.ts';
import { fromOrtTensor, type OrtTensorConstructor, toOrtTensor, toSpec } from './onnx-tensors.ts';

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
  loading ??= importRuntime();
  return loading;
}

async function importRuntime(): Promise<Runtime> {
  // It reports each session to its maker and writes an identifier of the machine into the home, unless told not to before it
  // loads. What a server runs is nobody's business; whoever wants the reports sets the variable to 0.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  try {
    const module: Runtime & { default?: Runtime } = await import('onnxruntime-node');
    // A CommonJS package: its exports stand on `default` where Node cannot detect their names.
    const runtime = module.default ?? module;
    settleHalfPrecision(() => new runtime.Tensor('float32', new Float32Array(1), [1]));
    return runtime;
  } catch (cause) {
    loading = undefined;
    // Its install script downloads CUDA libraries from outside the registry; the variable leaves them out.
    const install = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node';
    throw new ToolError(
      'PACKAGE_MISSING',
      { package: 'onnxruntime-node', purpose: 'run ONNX models', install },
      { cause },
    );
  }
}

/** Providers this build of onnxruntime knows, in its own order. */
export async function supportedDevices(): Promise<AvailableProvider[]> {
  const backends = (await loadRuntime()).listSupportedBackends();
  return backends
    .filter((backend): backend is { name: Provider; bundled: boolean } =>
      (devices as readonly string[]).includes(backend.name),
    )
    .map(({ name, bundled }) => ({ name, installed: bundled || hasProviderLibrary(name) }));
}

/** A provider that is not bundled is a shared library beside the binding; asking for an absent one makes onnxruntime write to stderr. */
function hasProviderLibrary(name: Provider): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const binding = join(folder, 'bin', 'napi-v6', process.platform, process.arch);
  const files = [`libonnxruntime_providers_${name}.so`, `onnxruntime_providers_${name}.dll`];
  return files.some((file) => existsSync(join(binding, file)));
}

/**
 * Opens a model by path: only then does onnxruntime find its external data. A device that cannot be had falls back to the
 * CPU and says so in `note`; a model that the CPU refuses throws MODEL_REFUSED with onnxruntime's words.
 */
export async function loadOnnxModel(path: string, options: LoadOptions): Promise<LoadedModel> {
  const runtime = await loadRuntime();
  const { provider, note } = chooseProvider(options, await supportedDevices());
  if (provider === 'cpu') return openOnCpu(runtime, path, options, note);
  try {
    return await openModel(runtime, path, options, provider, note);
  } catch (cause) {
    // Either the device or the model is at fault: the CPU tells which.
    return openOnCpu(
      runtime,
      path,
      options,
      `${provider} is not usable here (${wordReason(cause)}); running on the CPU.`,
    );
  }
}

async function openOnCpu(
  runtime: Runtime,
  path: string,
  options: LoadOptions,
  note: string | undefined,
): Promise<LoadedModel> {
  try {
    return await openModel(runtime, path, options, 'cpu', note);
  } catch (cause) {
    throw new ToolError('MODEL_REFUSED', { path, reason: wordReason(cause) }, { cause });
  }
}

/** onnxruntime's own sentence, without the path that is said already and the place in its C++ source. */
function wordReason(cause: unknown): string {
  return describeError(cause)
    .replace(/^Load model from .*? failed:/, '')
    .replace(/^\/onnxruntime_src\/.*? was false\. /, '')
    .trim();
}

async function openModel(
  runtime: Runtime,
  path: string,
  { gpuId, threads }: LoadOptions,
  provider: Provider,
  note: string | undefined,
): Promise<LoadedModel> {
  const takesDevice = provider === 'cuda' || provider === 'tensorrt' || provider === 'dml';
  const session = await runtime.InferenceSession.create(path, {
    executionProviders: [takesDevice ? { name: provider, deviceId: Math.max(0, gpuId) } : provider],
    // 3 = errors only: warnings are coloured text on stderr about things the user cannot change.
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
  return { ...toModel(runtime, session), provider, note, close: () => session.release() };
}

function toModel(runtime: Runtime, session: InferenceSession): Model {
  const outputs = session.outputMetadata.map(toSpec);
  const outputDtypes = new Map(outputs.map(({ name, dtype }) => [name, dtype]));
  // Its overloads differ from what is used here: any dtype with its data.
  const Tensor = runtime.Tensor as unknown as OrtTensorConstructor;
  return {
    inputs: session.inputMetadata.map(toSpec),
    outputs,
    async run(inputs, names) {
      const feeds = Object.entries(inputs).map(([name, tensor]) => [name, toOrtTensor(Tensor, name, tensor)] as const);
      const results = await session.run(Object.fromEntries(feeds), names ?? session.outputNames);
      const tensors = Object.entries(results).map(
        ([name, value]) => [name, fromOrtTensor(value, outputDtypes.get(name))] as const,
      );
      return Object.fromEntries(tensors) satisfies Tensors;
    },
  };
}
