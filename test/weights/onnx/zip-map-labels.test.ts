import { expect, test } from 'vitest';
import { bufferSource, openFile } from '../../../src/core/byte-source.ts';
import { readZipMapLabels } from '../../../src/weights/onnx/zip-map-labels.ts';

const read = async (file: string) => {
  const source = await openFile(new URL(`../../fixtures/${file}`, import.meta.url).pathname);
  try {
    return [...(await readZipMapLabels(source))];
  } finally {
    await source.close();
  }
};

test('the classes that a ZipMap names, whole numbers too', async () => {
  expect(await read('tabular/by-column.onnx')).toEqual([['output_probability', ['stayed', 'unknown', 'went']]]);
  expect(await read('tabular/matrix.onnx')).toEqual([['output_probability', ['0', '1', '4', '5']]]);
});

test('none where there is no ZipMap, and for what is no ONNX model', async () => {
  expect(await read('tabular/line.onnx')).toEqual([]);
  expect([...(await readZipMapLabels(bufferSource('noise', Buffer.from([0xff, 0xff, 0xff]))))]).toEqual([]);
});
