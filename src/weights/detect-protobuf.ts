import type { ByteSource } from '../core/byte-source.ts';
import { coremlTypes } from './coreml/types.ts';
import { readTopFields, type TopField } from './protobuf/top-fields.ts';

/** Formats that are one protobuf message, which has no magic bytes. */
export type ProtobufFormat = 'onnx' | 'coreml' | 'saved-model' | 'tensorflow-graph';

/** Bytes of a node that include its name and operator. */
const NODE_BYTES = 512;
const TEXT = 2;

/**
 * Told apart by the fields of the outermost message: the graph of ONNX is field 7, CoreML's models have fields of their own from 200
 * up, TensorFlow's messages know no more than four. ONNX comes first: nothing may hide one behind another name.
 */
export async function detectProtobuf(
  source: ByteSource,
  head: Buffer,
  name: string,
): Promise<ProtobufFormat | undefined> {
  const [tag = 0, value = 0] = head;
  const mayBeOnnx = tag === 0x08 && value > 0 && value < 64;
  const isNamed = /\.onnx$/i.test(name);
  if (mayBeOnnx || tag === 0x0a) {
    const fields = await readTopFields(source);
    if (fields !== undefined && !fields.has(7)) {
      const found = mayBeOnnx ? await findVersioned(source, fields) : await findGraph(source, fields);
      if (found !== undefined) return found;
    }
  }
  return mayBeOnnx || isNamed ? 'onnx' : undefined;
}

async function findVersioned(
  source: ByteSource,
  fields: ReadonlyMap<number, TopField>,
): Promise<'coreml' | 'saved-model' | undefined> {
  const second = fields.get(2);
  if (second?.wire !== TEXT) return undefined;
  if ([...fields.keys()].some((number) => coremlTypes[number] !== undefined)) return 'coreml';
  if (![...fields.keys()].every((number) => number <= 2) || second.at >= source.size) return undefined;
  // Both begin with field 1, whose place in ONNX a producer's name has. Of Core ML it is an input, which begins with its name.
  const head = await source.read(second.at, Math.min(12, source.size - second.at));
  if (head[0] !== 0x0a) return undefined;
  const inner = head.findIndex((byte, index) => index > 0 && byte < 0x80) + 1;
  return head[inner] === 0x0a ? 'coreml' : 'saved-model';
}

/** A graph's nodes are field 1: a name, then an operator. */
async function findGraph(
  source: ByteSource,
  fields: ReadonlyMap<number, TopField>,
): Promise<'tensorflow-graph' | undefined> {
  const at = fields.get(1)?.at ?? source.size;
  if (![...fields.keys()].every((number) => number <= 4)) return undefined;
  const node = Buffer.from(await source.read(at, Math.min(NODE_BYTES, source.size - at)));
  const operatorAt = 2 + (node[1] ?? 0);
  const [length = 0] = node.subarray(operatorAt + 1);
  const operator = node.toString('latin1', operatorAt + 2, operatorAt + 2 + length);
  const isNode = node[0] === 0x0a && node[operatorAt] === 0x12 && /^_?[A-Z][A-Za-z0-9_>]*$/.test(operator);
  return isNode ? 'tensorflow-graph' : undefined;
}
