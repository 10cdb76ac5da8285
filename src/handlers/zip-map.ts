/**
 * scikit-learn's converter ends a classifier in ZipMap, which makes a sequence of maps of the probabilities, and
 * onnxruntime-node hands out tensors alone. The tensor that goes into the ZipMap says the same.
 */
import { openFile } from '../core/byte-source.ts';
import { readOutputSources } from '../weights/onnx/output-source.ts';

/** Output that a ZipMap makes → the tensor of probabilities it is made of, a row for each item. */
export async function readZipMaps(path: string): Promise<ReadonlyMap<string, string>> {
  const source = await openFile(path);
  try {
    const sources = [...(await readOutputSources(source))];
    return new Map(
      sources.flatMap(([output, { operator, input }]) => (operator === 'ZipMap' ? [[output, input]] : [])),
    );
  } finally {
    await source.close();
  }
}

/**
 * Bytes that, put behind an ONNX model, declare tensors of its graph as outputs: protobuf merges the graph of the model with
 * a second one that follows it, and joins their lists.
 */
export function declareOutputs(names: Iterable<string>): Uint8Array {
  // ModelProto.graph = 7, GraphProto.output = 12, ValueInfoProto.name = 1; onnxruntime infers the type.
  const outputs = Array.from(names, (name) => delimited(12, delimited(1, Buffer.from(name))));
  return delimited(7, Buffer.concat(outputs));
}

function delimited(field: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.concat([Uint8Array.of((field << 3) | 2, ...length, rest), bytes]);
    length.push((rest & 0x7f) | 0x80);
  }
}
