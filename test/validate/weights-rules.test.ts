import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validate } from '../../src/commands/validate/validate.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { integer, text } from '../weights/onnx/protobuf-bytes.ts';
import { weightsCases } from './weights-cases.ts';

async function judge(files: Record<string, string | Uint8Array>) {
  const root = await tempTree(files);
  const [path = ''] = Object.keys(files);
  const { findings, kind } = await validate({ path, config: false }, testContext(root));
  expect(kind).toBe('weights');
  return [...new Set(findings.map(({ rule }) => rule))];
}

describe('the rules about weights', () => {
  it.each(weightsCases)('$rule: $about', async ({ rule, files }) => {
    expect(await judge(files)).toEqual(rule === 'none' ? [] : [rule]);
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
