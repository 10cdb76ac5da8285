import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readZipMaps } from '../../src/handlers/zip-map.ts';
import { tempTree } from '../support/temp-tree.ts';
import { message, model, text } from '../weights/onnx/protobuf-bytes.ts';

test('an output of a ZipMap is traced to its input tensor', async () => {
  const node = (operator: string, from: string, to: string) =>
    message(1, text(1, from), text(2, to), text(4, operator));
  const bytes = model(
    node('Relu', 'x', 'label'),
    node('ZipMap', 'shares', 'zipped'),
    ...['label', 'zipped'].map((name) => message(12, text(1, name))),
  );
  const path = join(await tempTree({ 'm.onnx': bytes }), 'm.onnx');
  expect([...(await readZipMaps(path))]).toEqual([['zipped', 'shares']]);
});
