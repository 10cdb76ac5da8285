import { basename } from 'node:path';
import { readAll } from '../../core/byte-source.ts';
import type { Subject, TrialInput } from '../../validate/subject.ts';
import type { OnnxFacts, TensorFacts } from '../../weights/reading/facts.ts';
import { mediaTypeOf } from '../media-type.ts';
import { makeUpImage } from './made-up-image.ts';
import { chooseSizes, spatialAxes } from './made-up-sizes.ts';

export interface TrialRequest extends TrialInput {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Folder of example requests in an archive. */
const EXAMPLES = 'examples/';
/** TorchServe's default max_request_size. */
const REQUEST_BYTES = 6_553_500;
/** Most numbers of a generated tensor; as JSON each takes about six bytes. */
const MAX_NUMBERS = 1_000_000;
/** Side of a generated image if the model accepts any size. */
const SIDE = 224;
const MAX_SIDE = 2048;

/**
 * Requests for the model, the likeliest first: an example of the archive alone, or what is made up from the signature, the same
 * every time. Where the signature leaves lengths free there are several, and one answer is enough.
 */
export async function* makeUpRequests(subject: Subject): AsyncGenerator<TrialRequest> {
  const example = await readExample(subject);
  if (example !== undefined) yield example;
  else yield* makeUp(subject);
}

async function readExample({ tree, members }: Subject): Promise<TrialRequest | undefined> {
  for (const { path, size } of (await members()).values()) {
    if (!path.startsWith(EXAMPLES) || size > REQUEST_BYTES) continue;
    const source = await tree.open(path);
    try {
      const body = await readAll(source, REQUEST_BYTES);
      return { label: JSON.stringify(path), isKnown: true, contentType: mediaTypeOf(basename(path)), body };
    } finally {
      await source.close();
    }
  }
  return undefined;
}

async function* makeUp(subject: Subject): AsyncGenerator<TrialRequest> {
  const handler = await subject.handler();
  const isBuiltin = handler.kind === 'builtin';
  const name = isBuiltin ? handler.name : '';
  const { inputs, metadata } = await readSignature(subject);
  if (name.startsWith('text_')) {
    const body = Buffer.from('A short text.');
    yield { label: 'a made-up text', isKnown: isBuiltin, contentType: 'text/plain', body };
    return;
  }
  const isPicture = /image|object_detector/.test(name);
  // A length that had to be guessed may be wrong: the model's answer then says nothing certain.
  const made = new Set<string>();
  for (const { shapes, isGuess } of chooseSizes({ inputs, metadata })) {
    const request = isPicture
      ? makePicture(inputs[0], shapes[0])
      : name === 'tabular'
        ? makeRecord(inputs, shapes)
        : makeTensors(inputs, shapes);
    if (made.has(request.label)) continue;
    made.add(request.label);
    yield { ...request, isKnown: isBuiltin && !isGuess };
  }
}

async function readSignature(subject: Subject): Promise<Pick<OnnxFacts, 'inputs' | 'metadata'>> {
  const reading = await subject.manifest();
  const member = reading.kind === 'ok' ? reading.manifest.model?.serializedFile : undefined;
  if (!member || !(await subject.tree.has(member))) return { inputs: [], metadata: {} };
  const { facts } = await subject.weights(member);
  return facts?.format === 'onnx' ? facts : { inputs: [], metadata: {} };
}

function makePicture(input: TensorFacts | undefined, shape: readonly number[] = []) {
  const [rowAxis = 2, columnAxis = 3] = input === undefined ? [] : spatialAxes(input);
  const [rows, columns] = [toSide(shape[rowAxis]), toSide(shape[columnAxis])];
  const body = makeUpImage(columns, rows, createRandom());
  return { label: `a generated image of ${columns}x${rows} pixels`, contentType: '', body };
}

/** A side of one pixel is no picture; the handler makes any other one fit. */
function toSide(length: number | undefined): number {
  return length !== undefined && length > 1 && length <= MAX_SIDE ? length : SIDE;
}

function makeTensors(inputs: readonly TensorFacts[], shapes: readonly (readonly number[])[]) {
  const random = createRandom();
  const tensors = inputs.map(({ name, dtype }, at) => [name, makeTensor(dtype, shapes[at] ?? [], random)] as const);
  const [only] = tensors;
  const value = tensors.length === 1 && only ? only[1] : Object.fromEntries(tensors);
  const shown = inputs.map(({ name, dtype }, at) => `${name} ${dtype}[${shapes[at]?.join(', ') ?? ''}]`);
  const label = inputs.length === 0 ? 'an empty JSON object' : `made-up tensors (${shown.join('; ')})`;
  return { label, contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}

/** A value a column; of a matrix, whose columns may have no names, a list. */
function makeRecord(inputs: readonly TensorFacts[], shapes: readonly (readonly number[])[]) {
  const random = createRandom();
  const [only] = inputs;
  const value =
    only !== undefined && inputs.length === 1
      ? makeTensor(only.dtype, shapes[0]?.slice(1) ?? [], random)
      : Object.fromEntries(inputs.map(({ name, dtype }) => [name, makeValue(dtype, random())]));
  return { label: 'a made-up record', contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}

/** Nested lists. Whole numbers are 0 or 1, which are also class numbers, token ids and masks. */
function makeTensor(dtype: string, lengths: readonly number[], random: () => number): unknown {
  const count = lengths.reduce((product, length) => product * length, 1);
  // Empty if it would be too large: the handler then reports what it expects.
  if (count > MAX_NUMBERS) return [];
  const build = (axis: number): unknown =>
    axis === lengths.length
      ? makeValue(dtype, random())
      : Array.from({ length: lengths[axis] ?? 0 }, () => build(axis + 1));
  return build(0);
}

function makeValue(dtype: string, number: number): unknown {
  if (dtype === 'string') return 'text';
  if (dtype === 'bool') return number < 0.5;
  return /float/.test(dtype) ? Math.round(number * 1000) / 1000 : Math.round(number);
}

/** The same numbers every time, from 0 to below 1 (mulberry32). */
function createRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
