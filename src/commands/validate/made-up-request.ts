import { basename } from 'node:path';
import { readAll } from '../../core/byte-source.ts';
import type { Subject, TrialInput } from '../../validate/subject.ts';
import type { TensorFacts } from '../../weights/reading/facts.ts';
import { mediaTypeOf } from '../media-type.ts';
import { makeUpImage } from './made-up-image.ts';

export interface TrialRequest extends TrialInput {
  readonly contentType: string;
  readonly body: Buffer;
}

/** The folder of an archive whose files are requests that its handler takes. */
const EXAMPLES = 'examples/';
/** Bytes of a request, as TorchServe's max_request_size has it by default. */
const REQUEST_BYTES = 6_553_500;
/** Numbers of a made-up tensor; as JSON each takes some six bytes. */
const MAX_NUMBERS = 1_000_000;
/** Side of a made-up picture where the model takes any. */
const SIDE = 224;
const MAX_SIDE = 2048;

/** A request for the model: an example of the archive, or one made up from the signature, the same every time. */
export async function makeUpRequest(subject: Subject): Promise<TrialRequest> {
  return (await readExample(subject)) ?? makeUp(subject);
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

async function makeUp(subject: Subject): Promise<TrialRequest> {
  const handler = await subject.handler();
  const isKnown = handler.kind === 'builtin';
  const name = isKnown ? handler.name : '';
  const inputs = await readInputs(subject);
  if (/image|object_detector/.test(name)) return { ...makePicture(inputs[0]), isKnown };
  if (name.startsWith('text_')) {
    return { label: 'a made-up text', isKnown, contentType: 'text/plain', body: Buffer.from('A short text.') };
  }
  return { ...makeTensors(inputs), isKnown };
}

async function readInputs(subject: Subject): Promise<readonly TensorFacts[]> {
  const reading = await subject.manifest();
  const member = reading.kind === 'ok' ? reading.manifest.model?.serializedFile : undefined;
  if (!member || !(await subject.tree.has(member))) return [];
  const { facts } = await subject.weights(member);
  return facts?.format === 'onnx' ? facts.inputs : [];
}

function makePicture(input: TensorFacts | undefined) {
  const [, second, third, fourth] = input?.shape ?? [];
  // The axis with 1 or 3 is that of the channels: NHWC has it last, NCHW second.
  const [height, width] = fourth === 1 || fourth === 3 ? [second, third] : [third, fourth];
  const [rows, columns] = [toSide(height), toSide(width)];
  const body = makeUpImage(columns, rows, createRandom());
  return { label: `a made-up picture of ${columns}x${rows} pixels`, contentType: '', body };
}

function toSide(size: number | string | null | undefined): number {
  return typeof size === 'number' && size > 0 && size <= MAX_SIDE ? size : SIDE;
}

function makeTensors(inputs: readonly TensorFacts[]) {
  const random = createRandom();
  const tensors = inputs.map(({ name, dtype, shape }) => [name, makeTensor(dtype, shape, random)] as const);
  const [only] = tensors;
  const value = tensors.length === 1 && only ? only[1] : Object.fromEntries(tensors);
  const shapes = inputs.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.map(toLength).join(', ')}]`);
  const label = inputs.length === 0 ? 'an empty JSON object' : `made-up tensors (${shapes.join('; ')})`;
  return { label, contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}

/** Nested lists. Whole numbers are 0 or 1, which are also class numbers, token ids and masks. */
function makeTensor(dtype: string, shape: TensorFacts['shape'], random: () => number): unknown {
  const lengths = shape.map(toLength);
  const count = lengths.reduce((product, length) => product * length, 1);
  // What does not fit is left empty: the handler then says what it expected.
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

/** A free axis, the batch's most of the time, has length 1. */
function toLength(size: number | string | null): number {
  return typeof size === 'number' ? size : 1;
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
