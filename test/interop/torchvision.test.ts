/** Images of random sizes and forms, preprocessed in random ways by the real torchvision and by us: no value may differ. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { planImages, toImageTensor } from '../../src/handlers/builtin/image/image-plan.ts';
import { decodeImage } from '../../src/handlers/image/decode/decode.ts';
import { imageClassifierKeys, readHandlerOptions } from '../../src/model/config/handler-keys.ts';
import { tempTree } from '../support/temp-tree.ts';

const COUNT = Number(process.env.TSMA_TORCHVISION_CASES ?? 400);
const SEED = Number(process.env.TSMA_TORCHVISION_SEED ?? 20_261_125);

interface Case {
  readonly file: string;
  readonly size: readonly [width: number, height: number];
  readonly preprocess: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly sha256: string;
}

const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import torchvision, PIL']).status === 0,
);
if (python === undefined) console.log('Skipped: no Python has torchvision (apt-get install python3-torchvision).');

test.skipIf(python === undefined)(`${COUNT} images become torchvision's tensors, bit by bit`, async () => {
  const folder = await tempTree({});
  const script = join(packageRoot, 'test/interop/readers/torchvision_tensors.py');
  const args = [script, folder, String(SEED), String(COUNT)];
  const { stdout } = await promisify(execFile)(python as string, args, { maxBuffer: 2 ** 28 });
  const cases = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
  expect(cases.length).toBe(COUNT);
  const different: Case[] = [];
  for (const one of cases) if ((await digestOurs(folder, one)) !== `${one.shape} ${one.sha256}`) different.push(one);
  expect(different).toEqual([]);
});

async function digestOurs(folder: string, { file, preprocess }: Case): Promise<string> {
  const { preprocess: options } = readHandlerOptions(imageClassifierKeys, { preprocess });
  const plan = planImages({ name: 'image', dtype: 'float32', shape: [null, null, null, null] }, options);
  const { shape, data } = toImageTensor(await decodeImage(await readFile(join(folder, file))), plan);
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return `${shape} ${createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')}`;
}
