/**
 * Bytes that change the graph of an ONNX model when they are appended: protobuf merges the model's graph with a second
 * one that follows it, and joins their lists.
 */

// Field numbers of onnx.proto.
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_OUTPUT = 12;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_OP_TYPE = 4;
const VALUE_NAME = 1;

export interface GraphPatch {
  /** Tensors of the graph that become outputs. */
  readonly outputs: readonly string[];
  /** Tensor → name of an output that is a copy of it. */
  readonly copies: ReadonlyMap<string, string>;
}

export function encodePatch({ outputs, copies }: GraphPatch): Uint8Array {
  const nodes = Array.from(copies, ([from, to]) =>
    message(GRAPH_NODE, text(NODE_INPUT, from), text(NODE_OUTPUT, to), text(NODE_OP_TYPE, 'Identity')),
  );
  // onnxruntime infers the types.
  const declared = [...outputs, ...copies.values()].map((name) => message(GRAPH_OUTPUT, text(VALUE_NAME, name)));
  return message(MODEL_GRAPH, ...nodes, ...declared);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

function message(field: number, ...parts: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.concat([Uint8Array.of((field << 3) | 2, ...length, rest), bytes]);
    length.push((rest & 0x7f) | 0x80);
  }
}
