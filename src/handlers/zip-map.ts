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
