import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validate } from '../../../../src/commands/validate/validate.ts';
import { testContext } from '../../../support/context.ts';
import { tempTree } from '../../../support/temp-tree.ts';
import { integer, text } from '../../../weights/onnx/protobuf-bytes.ts';
import { judgeWeights, weightsCases } from '../../weights-cases.ts';

describe('the rules about sound weights', () => {
  it.each(weightsCases.filter(({ rule }) => rule !== 'weights/recognised'))(
    '$rule: $about',
    async ({ rule, files }) => {
      expect(await judgeWeights(files)).toEqual(rule === 'none' ? [] : [rule]);
    },
  );

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
