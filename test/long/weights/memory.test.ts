import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { tempTree } from '../../support/temp-tree.ts';

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

/** Archives and headers of many small things, through `mar validate` as a user runs it. */
const crowds: Readonly<Record<string, (path: string) => Promise<void>>> = {
  '60,000 empty members.mar': (path) => writeMembers(path, 60_000, ''),
  '40,000 texts.mar': (path) => writeMembers(path, 40_000, 'a text'),
  '40,000 pickles.mar': (path) => writeMembers(path, 40_000, Buffer.from('80044b012e', 'hex')),
  '200,000 tensors.safetensors': async (path) => {
    const tensor = (at: number) => ({ dtype: 'U8', shape: [1], data_offsets: [at, at + 1] });
    const header = JSON.stringify(
      Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`t${at}`, tensor(at)])),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await writeFile(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(200_000)]));
  },
};

async function writeMembers(path: string, count: number, content: string | Buffer): Promise<void> {
  const files = Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, content]));
  await makeMar(path, {
    files: { 'h.py': 'def handle(data, context):\n    return data\n', ...files },
    manifest: manifestOf({ handler: 'h.py' }),
  });
}

describe.skipIf(!built)('validating many members stays within the limits', () => {
  it.each(Object.entries(crowds))('%s', async (name, write) => {
    const path = join(await tempTree(), name);
    await write(path);
    const child = new URL('crowd-child.mjs', import.meta.url).pathname;
    const output = execFileSync(process.execPath, [child, path], { encoding: 'utf8' });
    const { megabytes, seconds, passed } = JSON.parse(output) as {
      megabytes: number;
      seconds: number;
      passed: boolean;
    };
    expect(passed).toBe(true);
    expect(megabytes).toBeLessThan(MAX_MEGABYTES);
    // 1.5 to 2.5 s of processor time where this was written; loaded machines need more.
    expect(seconds).toBeLessThan(6);
  });
});

describe.skipIf(!built)('a file made to be expensive', () => {
  it.each(Object.entries(cases))('%s', (_name, input) => {
    const child = new URL('memory-child.mjs', import.meta.url).pathname;
    const output = execFileSync(process.execPath, [child, JSON.stringify(input)], { encoding: 'utf8' });
    const { megabytes, seconds, rule } = JSON.parse(output) as { megabytes: number; seconds: number; rule?: string };
    expect(megabytes).toBeLessThan(MAX_MEGABYTES);
    expect(seconds).toBeLessThan(input.megabytes + 1);
    expect(rule).toBeDefined();
  });
});
