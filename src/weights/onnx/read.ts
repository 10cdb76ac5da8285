import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { walkMessage } from '../protobuf/walk.ts';
import { Budget } from '../reading/budget.ts';
import type { OnnxFacts, TensorFacts } from '../reading/facts.ts';
import { Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import {
  type GraphDraft,
  type ModelDraft,
  type NodeDraft,
  newModel,
  type OnnxSink,
  type SparseDraft,
  type TensorDraft,
} from './draft.ts';
import { dtypeName } from './dtypes.ts';
import { readExternalReference } from './external-data.ts';
import { findFunctionFault } from './functions.ts';
import { callName, modelFields, operatorName } from './messages.ts';
import { readInputs, readOutputs } from './signature.ts';
import { bytesOf, countElements, findDataProblem, tensorLabel } from './tensor-size.ts';

/** Protobuf's own limit of one message: every official reader refuses more. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/** Operator domains whose kernels onnxruntime has; any other needs a native library. */
const KNOWN_DOMAINS = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft', 'com.microsoft.nchwc']);

/** Facts of an ONNX model, from its wire format; tensor data is skipped, not read. */
export async function readOnnx(source: ByteSource): Promise<WeightsReading> {
  const problems = new Problems();
  const collected = new Collector(problems);
  const model = newModel(collected);
  if (source.size > MAX_MODEL_BYTES) {
    problems.add('weights/onnx-too-large', `The model has ${source.size} bytes; protobuf allows ${MAX_MODEL_BYTES}.`, {
      hint: 'Export it with external data.',
    });
  }
  try {
    await walkMessage(source, modelFields, model);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    problems.add('weights/onnx-malformed', `The model is not well-formed protobuf: ${error.message}.`, {
      offset: error.offset,
      hint: 'The file is truncated, damaged or not an ONNX model; export or fetch it again.',
    });
    return { facts: undefined, detected: 'onnx', problems: problems.list() };
  }
  checkModel(model, problems);
  const fault = findFunctionFault(model.functions, model.calls);
  if (fault !== undefined) problems.add('weights/onnx-functions', `The model cannot be expanded: ${fault}.`);
  const facts = model.graph && toFacts(model, model.graph, collected);
  if (facts) reportCustomOperators(facts, problems);
  return { facts, detected: 'onnx', problems: problems.list() };
}

function checkModel(model: ModelDraft, problems: Problems): void {
  if (!model.graph) problems.add('weights/onnx-incomplete', 'The model has no graph.');
  if (model.irVersion === undefined || model.irVersion <= 0n) {
    problems.add('weights/onnx-incomplete', `The model's IR version is ${model.irVersion ?? 'missing'}.`);
  }
  // Before IR 3 the field did not exist: version 1 of the default domain applies.
  if (model.opsets.length === 0 && (model.irVersion ?? 0n) >= 3n) {
    problems.add('weights/onnx-incomplete', 'The model imports no operator set.');
  }
}

function toFacts(model: ModelDraft, graph: GraphDraft, collected: Collector): OnnxFacts {
  return {
    format: 'onnx',
    irVersion: toSafeNumber(model.irVersion ?? 0n),
    opsets: model.opsets.map(({ domain, version }) => ({ domain, version: toSafeNumber(version) })),
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    metadata: Object.fromEntries(model.metadata.map(({ key, value }) => [key, value])),
    inputs: readInputs(graph),
    outputs: readOutputs(graph),
    tensors: collected.tensors,
    parameters: toSafeNumber(collected.parameters),
    operators: collected.operatorCounts(),
    customDomains: collected.customDomains(new Set(model.functions.keys())),
    functions: [...model.functions.keys()].sort(),
    externalData: [...collected.external].map(([location, end]) => ({ location, end })),
  };
}

function reportCustomOperators(facts: OnnxFacts, problems: Problems): void {
  for (const domain of facts.customDomains) {
    const types = Object.keys(facts.operators).filter((name) => name.startsWith(`${domain}::`));
    const shown = types.slice(0, 10).join(', ') + (types.length > 10 ? ` and ${types.length - 10} more` : '');
    problems.add('weights/onnx-custom-operator', `The model uses operators of the domain ${quote(domain)}: ${shown}.`, {
      hint: 'They need a native library that onnxruntime loads at run time; ship it with the handler or export without it.',
    });
  }
}

/** Checks every tensor when its message ends and keeps the facts of the model's own. */
class Collector implements OnnxSink {
  readonly budget = new Budget();
  readonly problems: Problems;
  readonly tensors: TensorFacts[] = [];
  parameters = 0n;
  /** Location → last byte needed, exclusive. */
  readonly external = new Map<string, number>();
  readonly #operators = new Map<string, { domain: string; count: number }>();

  constructor(problems: Problems) {
    this.problems = problems;
  }

  node({ domain, type, overload, calls, elements }: NodeDraft): void {
    const name = operatorName(domain, type);
    const called = callName(domain, type, overload);
    if (!calls.has(called)) this.budget.spend(called.length, 0);
    calls.set(called, (calls.get(called) ?? 0) + 1);
    if (name === 'Constant') this.parameters += elements;
    const known = this.#operators.get(name);
    if (known) {
      known.count++;
    } else {
      this.budget.spend(name.length, 0);
      this.#operators.set(name, { domain, count: 1 });
    }
  }

  tensor(draft: TensorDraft): void {
    const elements = this.#check(draft);
    draft.initializes?.add(draft.name);
    this.#addToNode(draft, elements);
    if (elements === undefined || draft.role !== 'initializer') return;
    this.#keep(draft, draft.dims, elements, bytesOf(draft.dtype, elements));
  }

  /** The facts of a sparse tensor: its dense shape, and the bytes and parameters stored. */
  sparse({ role, initializes, attribute, dims, values, indices }: SparseDraft): void {
    const elements = values && this.#check(values);
    const indexElements = indices && this.#check(indices);
    if (!values || elements === undefined || indexElements === undefined) return;
    const dense = countElements(dims);
    if (typeof dense === 'string') {
      this.#report(values, dense);
      return;
    }
    initializes?.add(values.name);
    this.#addToNode({ attribute, dtype: values.dtype }, elements);
    if (role !== 'initializer') return;
    this.#keep(values, dims, elements, (bytesOf(values.dtype, elements) ?? 0n) + indexElements * 8n);
  }

  /** Shapes and axes are whole numbers of 32 or 64 bits; everything else in a Constant is weights. */
  #addToNode({ attribute, dtype }: Pick<TensorDraft, 'attribute' | 'dtype'>, elements: bigint | undefined): void {
    if (attribute?.node === undefined || elements === undefined) return;
    if (!/^(u?int(32|64)|bool|string|undefined)$/.test(dtypeName(dtype))) attribute.node.elements += elements;
  }

  operatorCounts(): Record<string, number> {
    const entries = [...this.#operators].map(([name, { count }]) => [name, count] as const);
    return Object.fromEntries(entries.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
  }

  /** A domain whose operators the model defines as functions needs no library. */
  customDomains(functions: ReadonlySet<string>): string[] {
    const domains = [...this.#operators].filter(
      ([name, { domain }]) => !KNOWN_DOMAINS.has(domain) && !functions.has(name),
    );
    return [...new Set(domains.map(([, { domain }]) => domain))].sort();
  }

  /** The number of elements, or undefined for an invalid tensor, with a problem. */
  #check(draft: TensorDraft): bigint | undefined {
    const elements = countElements(draft.dims);
    if (typeof elements === 'string') {
      this.#report(draft, elements);
      return undefined;
    }
    // TensorProto.DataLocation.EXTERNAL
    if (draft.dataLocation === 1n) {
      const reference = readExternalReference(draft, elements, this.problems);
      if (reference) this.#addExternal(reference.location, reference.end);
      return reference && elements;
    }
    const problem = findDataProblem(draft, elements);
    if (problem === undefined) return elements;
    this.#report(draft, problem);
    return undefined;
  }

  #report(draft: TensorDraft, reason: string): void {
    this.problems.add('weights/onnx-tensor', `${tensorLabel(draft)}: ${reason}.`, { offset: draft.offset });
  }

  #addExternal(location: string, end: number): void {
    const known = this.external.get(location);
    if (known === undefined) this.budget.spend(location.length, 0);
    this.external.set(location, Math.max(known ?? 0, end));
  }

  #keep(draft: TensorDraft, dims: readonly bigint[], elements: bigint, bytes: bigint | undefined): void {
    this.budget.spend(draft.name.length + 8 * dims.length, draft.offset);
    this.parameters += elements;
    this.tensors.push({
      name: draft.name,
      dtype: dtypeName(draft.dtype),
      shape: dims.map(toSafeNumber),
      ...(bytes === undefined ? {} : { bytes: toSafeNumber(bytes) }),
    });
  }
}
