/** A model that gains from batches: three layers whose 12 MiB of weights are read for a batch as often as for one request. */
import { writeFile } from 'node:fs/promises';

const WIDTH = 1024;
const ANSWERS = 4;
const FLOAT = 1;

/** `x` [N, 1024] → `y` [N, 4], float32; the weights are small numbers of no meaning. */
export function writeMlp(path) {
  const layers = [
    { from: 'x', to: 'h1', weights: 'w1', columns: WIDTH },
    { from: 'h1', to: 'h2', weights: 'w2', columns: WIDTH },
    { from: 'h2', to: 'h3', weights: 'w3', columns: WIDTH },
    { from: 'h3', to: 'y', weights: 'w4', columns: ANSWERS },
  ];
  const graph = [
    ...layers.map(({ from, weights, to }) =>
      message(1, [text(1, from), text(1, weights), text(2, to), text(4, 'MatMul')]),
    ),
    text(2, 'mlp'),
    ...layers.map(({ weights, columns }) => message(5, tensor(weights, [WIDTH, columns]))),
    message(11, valueInfo('x', WIDTH)),
    message(12, valueInfo('y', ANSWERS)),
  ];
  // ModelProto: IR version 8, opset 13 (onnx.proto).
  return writeFile(path, Buffer.concat([integer(1, 8), message(7, graph), message(8, [integer(2, 13)])]));
}

/** A request's body for it, as .npy. */
export function mlpInput() {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${WIDTH},), }`;
  const padded = `${header.padEnd(128 - 10 - 1)}\n`;
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0]);
  return Buffer.concat([magic, Buffer.from(padded), Buffer.from(new Float32Array(WIDTH).fill(0.5).buffer)]);
}

function tensor(name, dims) {
  const values = Float32Array.from({ length: dims[0] * dims[1] }, (_, index) => ((index % 17) - 8) / WIDTH);
  return [
    ...dims.map((size) => integer(1, size)),
    integer(2, FLOAT),
    text(8, name),
    bytes(9, Buffer.from(values.buffer)),
  ];
}

function valueInfo(name, columns) {
  const shape = [message(1, [text(2, 'N')]), message(1, [integer(1, columns)])];
  return [text(1, name), message(2, [message(1, [integer(1, FLOAT), message(2, shape)])])];
}

/** The protocol buffers' encoding: a field's number and kind, then a varint, or a length and bytes. */
function integer(field, value) {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytes(field, data) {
  return Buffer.concat([varint(field * 8 + 2), varint(data.length), data]);
}

const text = (field, value) => bytes(field, Buffer.from(value));
const message = (field, parts) => bytes(field, Buffer.concat(parts));

function varint(value) {
  const out = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...out, rest]);
    out.push((rest % 128) + 128);
  }
}
