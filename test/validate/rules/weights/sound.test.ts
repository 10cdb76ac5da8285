import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validate } from '../../../../src/commands/validate/validate.ts';
import { testContext } from '../../../support/context.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { integer, message, model, raw, tensor, text } from '../../../weights/onnx/protobuf-bytes.ts';
import { judgeWeights, weightsCases } from '../../weights-cases.ts';

describe('the rules about valid weights', () => {
  it.each(weightsCases.filter(({ rule }) => rule !== 'weights/recognised'))(
    '$rule: $about',
    async ({ rule, files }) => {
      expect(await judgeWeights(files)).toEqual(rule === 'none' ? [] : [rule]);
    },
  );

  it('weights/left-out: more tensors without data than are listed, followed by another fault that is still reported', async () => {
    const empty = Array.from({ length: 600 }, (_, at) => message(5, tensor(`w${at}`, [4], raw(1))));
    const outside = message(5, tensor('v', [1], message(13, text(1, 'location'), text(2, '../x')), integer(14, 1)));
    expect(await judgeWeights({ 'm.onnx': model(...empty, outside) })).toEqual([
      'weights/left-out',
      'weights/onnx-tensor',
      'weights/onnx-external-path',
    ]);
  });

  it('weights/onnx-too-large: more than protobuf can hold', async () => {
    const root = await tempTree();
    const file = await open(join(root, 'm.onnx'), 'w');
    await file.write(Buffer.concat([integer(1, 8), text(2, 'x')]));
    // A hole: the file takes no room on the disk.
    await file.truncate(2 ** 31);
    await file.close();
    const { findings } = await validate({ path: 'm.onnx', config: false }, testContext(root));
    expect(findings.map(({ rule }) => rule)).toContain('weights/onnx-too-large');
  });
});
