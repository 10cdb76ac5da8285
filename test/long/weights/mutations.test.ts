import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readWeights } from '../../../src/weights/index.ts';
import { weightsFactsSchema } from '../../../src/weights/reading/facts.ts';
import { createRandom } from '../../support/random.ts';
import { mutate } from './mutate.ts';

/** Mutated files of every format: each gives facts or problems, never an exception, within a second a megabyte. */
const CASES = 60_000;
const SEED = 3;
/** The smallest file may still meet a pause of the machine or the garbage collector. */
const GRACE_MS = 1_000;

function seeds(): { name: string; bytes: Buffer }[] {
  const root = new URL('../../fixtures/', import.meta.url);
  const folders = ['weights/onnx', 'weights/torch', 'weights/numpy', 'weights/safetensors'].concat(
    ['onnx', 'pickle', 'safetensors', 'torch'].flatMap((kind) =>
      readdirSync(new URL(`hostile/${kind}/`, root)).map((verdict) => `hostile/${kind}/${verdict}`),
    ),
  );
  return folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root))
      .map((name) => ({ name, bytes: readFileSync(new URL(`${folder}/${name}`, root)) }))
      .filter(({ bytes }) => bytes.length < 20_000),
  );
}

it(`${CASES} mutated weights give facts or problems`, async () => {
  const random = createRandom(SEED);
  const files = seeds();
  const codes = new Set<string>();
  for (let index = 0; index < CASES; index++) {
    const { name, bytes } = random.pick(files);
    const mutant = mutate(bytes, random);
    const label = `case ${index} of seed ${SEED}, made from ${name}`;
    const started = performance.now();
    const reading = await readWeights(bufferSource(name, mutant), name).catch((error: unknown) => {
      throw new Error(`${label}: ${mutant.toString('hex').slice(0, 2000)}`, { cause: error });
    });
    expect(performance.now() - started, label).toBeLessThan(GRACE_MS + mutant.length / 1000);
    if (reading.facts) expect(weightsFactsSchema.safeParse(reading.facts).error, label).toBeUndefined();
    for (const { rule } of reading.problems) codes.add(rule);
  }
  // The mutants reach the readers' own refusals and not only the first check.
  expect(codes.size).toBeGreaterThan(15);
});
