/**
 * The contract of a handler written in TypeScript: TorchServe's four steps with types. This module is all that a
 * bundled handler may import at run time (as `ts-model-archiver/handler`); it has no dependencies of its own.
 */

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[];

/** dtype names as numpy spells them; `float16` and `bfloat16` travel as Uint16Array of their bits, `bool` as Uint8Array. */
export type Dtype =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string';

/** Row-major. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** An input or output of the model; null stands for a dimension that is free. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly (number | null)[];
  /** The model does not say how many dimensions there are; `shape` is empty then. */
  readonly unranked?: true;
}

/** The loaded model. Absent from the context when the archive carries no ONNX file. */
export interface Model {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Whether the rows along the first axis are independent, so that requests may share a run: tried when the model loads with
   * batchSize > 1 or a service envelope. Undefined when it was not tried.
   */
  readonly rowsIndependent?: boolean;
  /** Outputs by name; all of them unless some are named. */
  run(inputs: Tensors, outputs?: readonly string[]): Promise<Tensors>;
}

/** A request's parts: `body` for a raw body, one key a field for a form. JSON is parsed, text is a string, the rest are bytes. */
export type Row = Readonly<Record<string, unknown>>;

/** 8-bit pixels, interleaved, rows from the top. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1 = gray, 3 = colour. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export interface ImageOptions {
  /** RGB by default; L is gray. */
  readonly mode?: 'RGB' | 'BGR' | 'L';
  /** [height, width] to resize to; the image's own by default. */
  readonly size?: readonly [height: number, width: number];
}

export interface HandlerContext {
  readonly modelName: string;
  readonly modelVersion: string;
  /** Folder with the archive's files, read-only by convention. */
  readonly modelDir: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** model-config.yaml, whole. */
  readonly modelConfig: Readonly<Record<string, unknown>>;
  readonly batchSize: number;
  /** -1 on the CPU. */
  readonly gpuId: number;
  readonly model: Model | undefined;
  /** Request ids of the batch at hand, in order. */
  readonly requestIds: readonly string[];
  /** Header of request `index`, name in any case. */
  requestHeader(index: number, name: string): string | undefined;
  requestHeaders(index: number): Readonly<Record<string, string>>;
  /** Of a model with `sequenceBatching`: the sequence that request `index` belongs to. Its requests all come to this worker, in order. */
  sequenceId(index: number): string | undefined;
  setResponseStatus(index: number, code: number, reason?: string): void;
  setResponseHeader(index: number, name: string, value: string): void;
  setResponseContentType(index: number, type: string): void;
  /** Off lifts the bound on decoded image sizes (TorchServe's limit_max_image_pixels). */
  readonly limitMaxImagePixels: boolean;
  /**
   * Pixels of a JPEG, PNG, WebP, GIF or TIFF, equal to what Pillow's open, convert and bilinear resize give. Throws a
   * PredictionError (400) for bytes that are no image.
   */
  decodeImage(bytes: Uint8Array, options?: ImageOptions): Promise<Image>;
  /** A line in the model's log. */
  log(message: string): void;
  /** Milliseconds, for the metrics endpoint. */
  addTime(name: string, ms: number): void;
  addCounter(name: string, value: number): void;
}

/**
 * Every step may be left out. Without `preprocess` and `postprocess` the rows must already be what `inference` takes.
 * Without `inference` the model runs once on what `preprocess` returned. `postprocess` returns one answer a request, in
 * order: a string, bytes, or anything JSON can hold.
 */
export interface Handler<Inputs = Tensors, Outputs = Tensors> {
  initialize?(context: HandlerContext): Promise<void> | void;
  preprocess?(rows: readonly Row[], context: HandlerContext): Promise<Inputs> | Inputs;
  inference?(inputs: Inputs, context: HandlerContext): Promise<Outputs> | Outputs;
  postprocess?(outputs: Outputs, context: HandlerContext): Promise<readonly unknown[]> | readonly unknown[];
  /** Replaces the three steps above. */
  handle?(rows: readonly Row[], context: HandlerContext): Promise<readonly unknown[]> | readonly unknown[];
  /** Answer to `GET /models/{name}?customized=true`. */
  describe?(context: HandlerContext): Promise<unknown> | unknown;
  explain?(rows: readonly Row[], context: HandlerContext): Promise<readonly unknown[]> | readonly unknown[];
}

/** Identity with types: `export const handler = defineHandler({ … })` or the module's default export. */
export function defineHandler<Inputs = Tensors, Outputs = Tensors>(
  handler: Handler<Inputs, Outputs>,
): Handler<Inputs, Outputs> {
  return handler;
}

/** A failure that the client should see: its message is the answer, `status` its HTTP status. */
export class PredictionError extends Error {
  override readonly name = 'PredictionError';
  readonly status: number;
  constructor(message: string, status = 500) {
    super(message);
    this.status = status;
  }
}

export function float32(data: Float32Array | readonly number[], shape: readonly number[]): Tensor {
  return { dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

const FLOAT = Symbol.for('ts-model-archiver/float');

/** A number that answers write as Python writes a float: 1.0, where a plain 1 stays 1. Elements of float arrays need no mark. */
export interface Float {
  readonly [FLOAT]: true;
  readonly value: number;
}

export function float(value: number): Float {
  return { [FLOAT]: true, value };
}

export function isFloat(value: unknown): value is Float {
  return typeof value === 'object' && value !== null && FLOAT in value;
}

/** Numerically stable softmax of one row. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  let max = -Infinity;
  for (let i = 0; i < scores.length; i++) max = Math.max(max, scores[i] ?? NaN);
  const out = new Float64Array(scores.length);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += out[i] = Math.exp((scores[i] ?? NaN) - max);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? NaN) / sum;
  return out;
}
