/** The only file that imports onnxruntime-node (design decision 5); it loads when the first ONNX model does. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { describeError, ToolError } from '../../../core/errors.ts';
import { isOneOf } from '../../../core/names/known-words.ts';
import { optionalPackages } from '../../../core/package-info.ts';
import type { Model, TensorSpec, Tensors } from '../../../handlers/sdk.ts';
import { TensorError } from '../../../handlers/tensor-values.ts';
import { readZipMaps } from '../../../handlers/zip-map.ts';
import { type AvailableProvider, chooseProvider, type Device, devices, type Provider } from '../../protocol/devices.ts';
import { encodePatch } from './graph-patch.ts';
import { settleHalfPrecision } from './half-precision.ts';
import { fromOrtTensor, type OrtTensorConstructor, requireTensor, toOrtTensor, toSpec } from './onnx-tensors.ts';

export interface LoadOptions {
  readonly device: Device;
  /** Index of the assigned GPU; negative for none. */
  readonly gpuId: number;
  /** Threads of one operator; undefined for onnxruntime's default (one for each physical core). */
  readonly threads: number | undefined;
  /** Called for an input without dimensions: onnxruntime reports a scalar and an unknown rank alike. */
  unrankedInputs?(): Promise<ReadonlySet<string>>;
}

export interface LoadedModel extends Model {
  /** As `run`, but a failure is not printed to stderr. */
  runQuietly(inputs: Tensors): Promise<Tensors>;
  /** The execution provider in use. */
  readonly provider: Provider;
  /** Why it is not the requested device; undefined when it is. */
  readonly note: string | undefined;
  /** Outputs that are not tensors (sequences, maps, optional values): onnxruntime-node cannot return them. */
  readonly omitted: readonly string[];
  close(): Promise<void>;
}

type Runtime = typeof import('onnxruntime-node');

let loading: Promise<Runtime> | undefined;

function loadRuntime(): Promise<Runtime> {
  loading ??= importRuntime();
  return loading;
}

async function importRuntime(): Promise<Runtime> {
  // Telemetry off, before it loads: it would report every session and write a machine id into the home folder. Setting
  // the variable to 0 turns it on.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  try {
    const module: Runtime & { default?: Runtime } = await import('onnxruntime-node');
    // A CommonJS package: its exports are on `default` where Node does not detect their names.
    const runtime = module.default ?? module;
    settleHalfPrecision(() => new runtime.Tensor('float32', new Float32Array(1), [1]));
    return runtime;
  } catch (cause) {
    loading = undefined;
    throw new ToolError('PACKAGE_MISSING', optionalPackages.onnxruntime, { cause });
  }
}

/** Execution providers of this onnxruntime build. */
export async function supportedDevices(): Promise<AvailableProvider[]> {
  const backends = (await loadRuntime()).listSupportedBackends();
  return backends
    .filter((backend): backend is { name: Provider; bundled: boolean } => isOneOf(devices, backend.name))
    .map(({ name, bundled }) => ({ name, installed: bundled || hasProviderLibrary(name) }));
}

/** Other providers are shared libraries beside the binding; requesting an absent one makes onnxruntime print to stderr. */
function hasProviderLibrary(name: Provider): boolean {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const binding = join(folder, 'bin', 'napi-v6', process.platform, process.arch);
  const files = [`libonnxruntime_providers_${name}.so`, `onnxruntime_providers_${name}.dll`];
  return files.some((file) => existsSync(join(binding, file)));
}

/**
 * Opens a model by path, so that onnxruntime finds its external data. An unavailable device falls back to the CPU with a
 * `note`; a model that the CPU refuses throws MODEL_REFUSED with onnxruntime's message.
 */
export async function loadOnnxModel(path: string, options: LoadOptions): Promise<LoadedModel> {
  const runtime = await loadRuntime();
  const { provider, note } = chooseProvider(options, await supportedDevices());
  if (provider === 'cpu') return openOnCpu(runtime, path, options, note);
  try {
    return await openModel(runtime, path, options, provider, note);
  } catch (cause) {
    // Device or model may be at fault: the CPU tells which.
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
    throw new ToolError('MODEL_REFUSED', { path: basename(path), reason: wordReason(cause) }, { cause });
  }
}

/** onnxruntime's message without the path and the C++ source location. */
function wordReason(cause: unknown): string {
  return describeError(cause)
    .replace(/^Load model from .*? failed: ?/, '')
    .replace(CPP_LOCATION, '')
    .replace(/^Unsupported data type: (\d+)$/, (_, type: string) => wordType(Number(type)))
    .trim();
}

/** Element types without tensors in onnxruntime's Node binding (ONNXTensorElementDataType). */
const unsupportedTypes: Readonly<Record<number, string>> = {
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  23: 'float4e2m1',
  24: 'uint2',
  25: 'int2',
};

function wordType(type: number): string {
  const name = unsupportedTypes[type] ?? `of type ${type}`;
  return `an input or output is ${name}, which onnxruntime-node has no tensors for; end the model in a Cast to float32 or int32`;
}

/** File and line, function with parameters, and failed condition. */
const CPP_LOCATION =
  /\/onnxruntime_src\/\S+:\d+ [^(]*\((?:[^()]|\([^()]*\))*\)(?: const)?(?: \[[^\]]*\])?(?: .*? was false\.)? */g;

async function openModel(
  runtime: Runtime,
  path: string,
  { gpuId, threads, unrankedInputs }: LoadOptions,
  provider: Provider,
  note: string | undefined,
): Promise<LoadedModel> {
  const takesDevice = provider === 'cuda' || provider === 'tensorrt' || provider === 'dml';
  const opened = await openSession(runtime, path, {
    executionProviders: [takesDevice ? { name: provider, deviceId: Math.max(0, gpuId) } : provider],
    // 3 = errors only: warnings are coloured text on stderr that users cannot act on.
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  });
  const { session, tensorOf } = opened;
  const omitted = omittedOutputs(session).filter((name) => !tensorOf.has(name));
  const inputs = await readInputs(session, unrankedInputs);
  return { ...toModel(runtime, opened, inputs), provider, note, omitted, close: () => session.release() };
}

interface OpenSession {
  readonly session: InferenceSession;
  /** Output names of the unmodified model. */
  readonly declared: readonly string[];
  /** Output of a ZipMap → the tensor fetched for it. */
  readonly tensorOf: ReadonlyMap<string, string>;
}

/**
 * By path, so that onnxruntime finds external data. A second time from patched bytes where an output cannot be fetched: the
 * tensor behind a ZipMap is declared as output, and an output named `__proto__`, which is no key of an object, is copied.
 */
async function openSession(
  runtime: Runtime,
  path: string,
  options: InferenceSession.SessionOptions,
): Promise<OpenSession> {
  const session = await runtime.InferenceSession.create(path, options);
  const declared = session.outputNames;
  const zipMaps = omittedOutputs(session).length === 0 ? new Map<string, string>() : await readZipMaps(path);
  const hidden = new Set([...zipMaps.values()].filter((name) => !declared.includes(name)));
  const copies = new Map(declared.filter((name) => name === '__proto__').map((name) => [name, PROTO_COPY]));
  const tensorOf = new Map([...zipMaps, ...copies]);
  if (hidden.size + copies.size === 0) return { session, declared, tensorOf };
  await session.release();
  const model = Buffer.concat([await readFile(path), encodePatch({ outputs: [...hidden], copies })]);
  // onnxruntime does not know the folder of bytes, where the external data are.
  const extra = { session: { model_external_initializers_file_folder_path: dirname(path) } };
  return { session: await runtime.InferenceSession.create(model, { ...options, extra }), declared, tensorOf };
}

/** A name that no exporter uses. */
const PROTO_COPY = 'ts-model-archiver/__proto__';

const omittedOutputs = ({ outputMetadata }: InferenceSession): string[] =>
  outputMetadata.filter(({ isTensor }) => !isTensor).map(({ name }) => name);

function toModel(
  runtime: Runtime,
  { session, declared, tensorOf }: OpenSession,
  inputs: readonly TensorSpec[],
): Model & Pick<LoadedModel, 'runQuietly'> {
  const known = new Map(session.outputMetadata.flatMap((one) => (one.isTensor ? [[one.name, toSpec(one)]] : [])));
  const outputs = declared.flatMap((name) => {
    const spec = known.get(tensorOf.get(name) ?? name);
    return spec === undefined ? [] : [{ ...spec, name }];
  });
  if (outputs.length === 0)
    throw new TensorError('none of its outputs is a tensor, and onnxruntime-node returns only tensors');
  // Its overloads do not cover "any dtype with its data".
  const Tensor = runtime.Tensor as unknown as OrtTensorConstructor;
  // onnxruntime-node looks every output up in an object of the fetches: one that is named like a member of Object.prototype is
  // found there unless it is fetched, and fetching `__proto__` takes the prototype away.
  const inherited = session.outputNames.filter((name) => name in Object.prototype);
  const run = async (given: Tensors, names: readonly string[] | undefined, options: RunOptions): Promise<Tensors> => {
    const feeds = Object.entries(given).map(([name, tensor]) => [name, toOrtTensor(Tensor, name, tensor)] as const);
    const wanted = names === undefined ? outputs : outputs.filter(({ name }) => names.includes(name));
    const fetches = wanted.map(({ name }) => tensorOf.get(name) ?? name);
    const results = await runSession(
      session,
      Object.fromEntries(feeds),
      [...new Set([...fetches, ...inherited])],
      options,
    );
    return Object.fromEntries(
      wanted.flatMap(({ name, dtype }) => {
        const value = results[tensorOf.get(name) ?? name];
        return value === undefined ? [] : [[name, fromOrtTensor(value, dtype)]];
      }),
    );
  };
  return {
    inputs,
    outputs,
    run: (given, names) => run(given, names, {}),
    // 4 = fatal only.
    runQuietly: (given) => run(given, undefined, { logSeverityLevel: 4 }),
  };
}

type RunOptions = InferenceSession.RunOptions;

async function readInputs(
  session: InferenceSession,
  unrankedInputs: LoadOptions['unrankedInputs'],
): Promise<TensorSpec[]> {
  const specs = session.inputMetadata.map((one) => toSpec(requireTensor(one)));
  if (unrankedInputs === undefined || specs.every(({ shape }) => shape.length > 0)) return specs;
  const unranked = await unrankedInputs();
  return specs.map((spec) => (unranked.has(spec.name) ? { ...spec, unranked: true } : spec));
}

/** onnxruntime could not run the model on this input. */
class RunRefused extends Error {
  override readonly name = 'RunRefused';
}

/** Rejects with onnxruntime's sentence alone. */
async function runSession(
  session: InferenceSession,
  feeds: InferenceSession.OnnxValueMapType,
  fetches: readonly string[],
  options: RunOptions,
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await session.run(feeds, fetches, options);
  } catch (cause) {
    throw new RunRefused(wordReason(cause), { cause });
  }
}
