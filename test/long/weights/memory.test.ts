import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Files made to cost: each is read in a process of its own, in under 256 MB and a second a megabyte. Needs a build. */
const built = existsSync(new URL('../../../dist/weights/index.js', import.meta.url));
const MAX_MEGABYTES = 256;

const proto2 = '8002';
const cases = {
  'None on the stack': { head: proto2, unit: '4e', megabytes: 64 },
  'empty lists on the stack': { head: proto2, unit: '5d', megabytes: 64 },
  'open marks': { head: proto2, unit: '28', megabytes: 64 },
  'the memo': { head: '8004', unit: '4e9430', megabytes: 16 },
  'pairs of pairs': { head: '800229', unit: '3286', megabytes: 16 },
  'one global named again and again': {
    head: proto2,
    unit: Buffer.from('cos\nsystem\n0').toString('hex'),
    megabytes: 8,
  },
  'texts that are dropped again': { head: '8004', unit: `58ff000000${'61'.repeat(255)}30`, megabytes: 256 },
  'a list of tensors that are none': {
    head: `${proto2}5d28`,
    unit: Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n)R').toString('hex'),
    megabytes: 32,
  },
  // Field 7, the graph, takes the rest of the file: initializers or nodes.
  'ONNX initializers': { head: '08083af9ffff1f', unit: '2a0708001001420177', megabytes: 64 },
  'ONNX nodes': { head: '08083af9ffff07', unit: '0a0422024142', megabytes: 16 },
};

describe.skipIf(!built)('a file made to cost', () => {
  it.each(Object.entries(cases))('%s', (_name, input) => {
    const child = new URL('memory-child.mjs', import.meta.url).pathname;
    const output = execFileSync(process.execPath, [child, JSON.stringify(input)], { encoding: 'utf8' });
    const { megabytes, seconds, rule } = JSON.parse(output) as { megabytes: number; seconds: number; rule?: string };
    expect(megabytes).toBeLessThan(MAX_MEGABYTES);
    expect(seconds).toBeLessThan(input.megabytes + 1);
    expect(rule).toBeDefined();
  });
});
