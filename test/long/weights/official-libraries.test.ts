import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { readOnnx } from '../../../src/weights/onnx/read.ts';
import { findSafetensorsDtype } from '../../../src/weights/safetensors/dtypes.ts';
import { readSafetensors } from '../../../src/weights/safetensors/read.ts';
import { createRandom } from '../../support/random.ts';
import { mutate } from './mutate.ts';
import { askPython, findPython } from './peer.ts';

/** Mutated files, read here and by the official libraries: what they refuse we refuse, and what both read is the same. */
const CASES = 20_000;
const SEED = 7;

function seedsIn(...folders: readonly string[]): Buffer[] {
  return folders.flatMap((folder) => {
    const url = new URL(`../../fixtures/${folder}/`, import.meta.url);
    return readdirSync(url)
      .filter((name) => /\.(onnx|safetensors)$/.test(name))
      .map((name) => readFileSync(new URL(name, url)));
  });
}

function mutants(seeds: readonly Buffer[]): Buffer[] {
  const random = createRandom(SEED);
  return Array.from({ length: CASES }, () => mutate(random.pick(seeds), random));
}

/** Where this reader is stricter on purpose; nothing else may differ. */
const stricterOnnx = /wire type [34]|nested deeper/;

interface OnnxReading {
  readonly ok: boolean;
  readonly error?: string;
  readonly initializers?: readonly [string, string[]][];
}

const onnxPython = findPython('onnx');

it.skipIf(!onnxPython)(`ONNX: ${CASES} mutated models parse here exactly when protobuf parses them`, async () => {
  const inputs = mutants(seedsIn('weights/onnx', 'hostile/onnx/accept', 'hostile/onnx/warn'));
  const expected = askPython<OnnxReading>(onnxPython ?? '', 'onnx_parse.py', inputs);
  let parsed = 0;
  let same = 0;
  for (const [index, input] of inputs.entries()) {
    const { facts, problems } = await readOnnx(bufferSource('mutant', input));
    const malformed = problems.find(({ rule }) => rule === 'weights/onnx-malformed');
    const wanted = expected[index];
    if (malformed && stricterOnnx.test(malformed.message)) continue;
    const label = `case ${index} of seed ${SEED}: ${malformed?.message} | ${wanted?.error} | ${input.toString('hex')}`;
    expect(malformed === undefined, label).toBe(wanted?.ok);
    if (wanted?.ok) parsed++;
    if (facts?.format !== 'onnx' || problems.length > 0) continue;
    // Initializers of subgraphs and sparse ones are facts too; the library lists those of the main graph here.
    const found = new Set(facts.tensors.map(({ name, shape }) => JSON.stringify([name, shape.map(String)])));
    for (const initializer of wanted?.initializers ?? []) expect(found, label).toContain(JSON.stringify(initializer));
    same++;
  }
  expect(parsed).toBeGreaterThan(CASES / 20);
  expect(parsed).toBeLessThan(CASES);
  expect(same).toBeGreaterThan(CASES / 50);
});

/** The library keeps the last of two equal names, reads a struct from an array and an enum from an object, and lets any dimension stand beside a 0. */
const stricterSafetensors = /occurs twice|expected an object|expected a string|has the dimension|expected a value/;

interface SafetensorsReading {
  readonly ok: boolean;
  readonly error?: string;
  readonly tensors?: readonly [string, string, string[], number][];
}

const safetensorsPython = findPython('safetensors');

it.skipIf(!safetensorsPython)(
  `safetensors: ${CASES} mutated files are refused if the library refuses them`,
  async () => {
    const inputs = mutants(seedsIn('weights/safetensors', 'hostile/safetensors/accept'));
    const expected = askPython<SafetensorsReading>(safetensorsPython ?? '', 'safetensors_parse.py', inputs);
    let accepted = 0;
    for (const [index, input] of inputs.entries()) {
      const { facts, problems } = await readSafetensors(bufferSource('mutant', input));
      const wanted = expected[index];
      const label = `case ${index} of seed ${SEED}: ${problems[0]?.message} | ${wanted?.error} | ${input.toString('latin1')}`;
      if (!facts) {
        if (wanted?.ok) expect(problems[0]?.message, label).toMatch(stricterSafetensors);
        continue;
      }
      // An unknown key may hold a number too large for the library, and nothing else.
      if (!wanted?.ok) expect(wanted?.error, label).toMatch(/number out of range/);
      if (!wanted?.ok) continue;
      accepted++;
      const found = facts.tensors.map(({ name, dtype, shape, bytes }) => [name, dtype, shape.map(String), bytes]);
      const want = wanted.tensors?.map(([name, dtype, ...rest]) => [name, findSafetensorsDtype(dtype)?.name, ...rest]);
      const byName = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
      expect(found.sort(byName), label).toEqual(want?.sort(byName));
    }
    expect(accepted).toBeGreaterThan(CASES / 100);
    expect(accepted).toBeLessThan(CASES);
  },
);
