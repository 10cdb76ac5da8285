import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Context, createContext } from '../core/context.ts';
import { publishedSchemas } from '../core/documents/published-schemas.ts';
import { toFileError } from '../core/read-file.ts';
import { locate } from '../core/user-path.ts';
import { isNumbers, TensorError, toNested } from '../handlers/tensor-values.ts';
import { isNpy, parseNpy } from '../handlers/tensors/npy.ts';
import { resolveConfig } from '../serve/config/server-config.ts';
import type { Outcome } from '../serve/pool/job.ts';
import { devices } from '../serve/protocol/devices.ts';
import type { Service } from '../serve/service.ts';
import { findDifference } from './compare-answer.ts';
import { holdWarnings, loadModel } from './load-model.ts';
import { mediaTypeOf } from './media-type.ts';
import { createModelService } from './model-service.ts';
import { parseOptions } from './parse-options.ts';

export const predictOptionsSchema = z.object({
  path: z.string().min(1),
  /** File whose bytes are the request's body. */
  input: z.string().min(1),
  /** By the input's ending by default. */
  contentType: z.string().optional(),
  /** File with the expected answer. */
  expect: z.string().min(1).optional(),
  device: z.enum(devices, `one of ${devices.join(', ')}`).default('auto'),
  threads: z.coerce.number('a whole number').int('a whole number').min(1, '1 or more').optional(),
  /** The Python for Python archives: a program, or the folder of a virtual environment. */
  python: z.string().min(1).optional(),
  skipValidation: z.boolean().default(false),
});
export type PredictOptions = z.input<typeof predictOptionsSchema>;

export const predictResultSchema = z.object({
  schemaVersion: z.literal(1),
  model: z.object({ name: z.string(), version: z.string() }),
  /** HTTP status of the answer. */
  status: z.number().int(),
  /** Set by the handler; may be empty. */
  contentType: z.string(),
  /** Parsed if JSON, text if UTF-8, else base64; for a numpy array with a summary. */
  body: z.union([
    z.object({ kind: z.literal('json'), value: z.json() }),
    z.object({ kind: z.literal('text'), value: z.string() }),
    z.object({ kind: z.literal('base64'), value: z.string() }),
    z.object({
      kind: z.literal('npy'),
      value: z.string(),
      dtype: z.string(),
      shape: z.array(z.number().int()),
      /** What JSON has no number for is text. */
      first: z.array(z.union([z.number(), z.string()])),
    }),
  ]),
  /** Milliseconds to load the model, and from request to answer. */
  ms: z.object({ load: z.number(), predict: z.number() }),
  /** Only with `expect`. */
  matches: z.boolean().optional(),
  difference: z.string().optional(),
});
publishedSchemas.add(predictResultSchema, { file: 'predict-result', title: 'mar predict --json', io: 'output' });
export type PredictResult = z.infer<typeof predictResultSchema>;

/** One prediction with the service, worker and admission of `serve`, without HTTP. */
export async function predict(options: PredictOptions, context: Context = createContext()): Promise<PredictResult> {
  const parsed = parseOptions(predictOptionsSchema, options, 'predict');
  const body = await readInput(parsed.input, 'input', context);
  const expected = parsed.expect === undefined ? undefined : await readInput(parsed.expect, 'expected answer', context);
  const { values: config } = resolveConfig(undefined, {}, context.env);
  const held = holdWarnings(context);
  const service = await createModelService({ config, ...parsed, threads: parsed.threads }, held.context);
  const stop = () => void service.close(0);
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const started = performance.now();
    const path = locate(parsed.path, context);
    const { name, version } = await loadModel(service, path, held);
    const ready = performance.now();
    const outcome = await ask(service, name, {
      contentType: parsed.contentType ?? mediaTypeOf(parsed.input),
      body,
    });
    context.signal.throwIfAborted();
    const ms = { load: round(ready - started), predict: round(performance.now() - ready) };
    return toResult({ name, version }, outcome, ms, expected);
  } finally {
    context.signal.removeEventListener('abort', stop);
    await service.close(0);
  }
}

function ask(
  service: Service,
  model: string,
  { contentType, body }: { contentType: string; body: Buffer },
): Promise<Outcome> {
  const headers = contentType === '' ? [] : [['Content-Type', contentType] as const];
  const parameters = [{ name: 'body', contentType: contentType.split(';', 1)[0]?.trim() ?? '', value: body }];
  return service.predict({ model, version: undefined, request: { id: randomUUID(), headers, parameters } });
}

function toResult(
  model: PredictResult['model'],
  outcome: Outcome,
  ms: PredictResult['ms'],
  expected: Buffer | undefined,
): PredictResult {
  const { status, contentType, bytes } = toAnswer(outcome);
  const result: PredictResult = { schemaVersion: 1, model, status, contentType, body: toBody(bytes), ms };
  if (expected === undefined) return result;
  const difference = findDifference(expected, bytes);
  return { ...result, matches: difference === undefined, ...(difference === undefined ? {} : { difference }) };
}

function toAnswer(outcome: Outcome): { status: number; contentType: string; bytes: Buffer } {
  if (outcome.kind === 'failed')
    return { status: outcome.status, contentType: 'text/plain', bytes: Buffer.from(outcome.message) };
  const { status, contentType, body } = outcome.prediction;
  return { status, contentType, bytes: Buffer.from(body.buffer, body.byteOffset, body.length) };
}

/** Values of an array in the summary. */
const FIRST_VALUES = 8;

function toBody(bytes: Buffer): PredictResult['body'] {
  if (isNpy(bytes)) return toArray(bytes) ?? { kind: 'base64', value: bytes.toString('base64') };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { kind: 'base64', value: bytes.toString('base64') };
  }
  try {
    return { kind: 'json', value: z.json().parse(JSON.parse(text)) };
  } catch {
    return { kind: 'text', value: text };
  }
}

/** Undefined for a truncated array. */
function toArray(bytes: Buffer): PredictResult['body'] | undefined {
  try {
    const { dtype, shape, data } = parseNpy(bytes);
    const some = data.slice(0, FIRST_VALUES);
    // One axis gives one list.
    const values = toNested({ dtype, shape: [some.length], data: some });
    const list: ArrayLike<unknown> = isNumbers(values) || Array.isArray(values) ? values : [];
    const first = Array.from(list, (value) => (isNumber(value) ? value : String(value)));
    return { kind: 'npy', value: bytes.toString('base64'), dtype, shape: [...shape], first };
  } catch (error) {
    if (error instanceof TensorError) return undefined;
    throw error;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

async function readInput(path: string, what: string, context: Context): Promise<Buffer> {
  const place = locate(path, context);
  try {
    return await readFile(place);
  } catch (cause) {
    throw toFileError(cause, path, what);
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
