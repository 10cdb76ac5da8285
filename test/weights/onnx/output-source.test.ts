import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bufferSource, openFile } from '../../../src/core/byte-source.ts';
import { packageRoot } from '../../../src/core/package-info.ts';
import { readOutputSources } from '../../../src/weights/onnx/output-source.ts';

async function sources(model: string) {
  const source = await openFile(join(packageRoot, 'test', 'fixtures', 'models', model));
  try {
    return Object.fromEntries(await readOutputSources(source));
  } finally {
    await source.close();
  }
}

test('the source of an output is the operator that computes it', async () => {
  expect(await sources('sum-and-difference.onnx')).toEqual({
    sum: { operator: 'Add', input: 'a' },
    difference: { operator: 'Sub', input: 'a' },
  });
});

test('operators that only pass values on are followed; an output that is not computed has no source', async () => {
  expect(await sources('token-sums.onnx')).toEqual({ logits: { operator: 'Concat', input: 'sum' } });
  expect(await sources('every-type.onnx')).toEqual({});
});

test('bytes that are not a model have no sources', async () => {
  expect([...(await readOutputSources(bufferSource('x', Buffer.from('this is no model'))))]).toEqual([]);
});
