import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspect } from '../../src/commands/inspect/inspect.ts';
import { pack } from '../../src/commands/pack/pack.ts';
import { validate } from '../../src/commands/validate/validate.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTorchServe } from './torchserve.ts';

/** Small packages of PyPI that bring models: 65 MB in all. What their own libraries load is called good, with the same facts. */
const packages = [
  'basic-pitch==0.4.0',
  'dists-pytorch==0.1',
  'email-signature-detector==0.1.10',
  'facenet-pytorch==2.6.0',
  'iqa-pytorch==0.1',
  'lpips==0.1.4',
  'nudenet==3.4.2',
  'openwakeword==0.4.0',
  'pesto-pitch==2.0.1',
  'rapidocr-onnxruntime==1.4.4',
  'silero-vad==6.2.3',
  'speechmos==0.0.1.1',
  'swift-f0==0.3.0',
];
const INSTALL_MS = 180_000;

const torchServe = findTorchServe();
const installed = 'missing' in torchServe ? torchServe : install(torchServe.python);
if ('missing' in installed) console.log(`SKIPPED: ${installed.missing}`);

/** Once a machine: the folder of the packages, or why there is none. */
function install(python: string): { readonly folder: string; readonly python: string } | { readonly missing: string } {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'ts-model-archiver', 'registry-models-1');
  const stamp = join(folder, 'installed');
  if (existsSync(stamp)) return { folder, python };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ['-m', 'pip', 'install', '-q', '--no-deps', '--only-binary', ':all:', '--target', folder, ...packages];
  const { status, stderr } = spawnSync(python, args, { encoding: 'utf8', timeout: INSTALL_MS });
  if (status !== 0)
    return { missing: `the packages with models could not be installed: ${stderr.trim().split('\n').at(-1)}` };
  writeFileSync(stamp, '');
  return { folder, python };
}

interface Known {
  readonly inputs?: readonly [string, (number | null)[]][];
  /** Names alone: onnxruntime works out lengths that the file does not say. */
  readonly outputs?: readonly string[];
  readonly tensors?: Readonly<Record<string, [dtype: string, shape: number[]]>>;
}

function findModels(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(onnx|pt|pth|ckpt)$/.test(name))
    .sort();
}

function askLibraries(python: string, files: readonly string[]): (Known | null)[] {
  const script = join(packageRoot, 'test/interop/readers/library_facts.py');
  const options = { input: files.join('\n'), maxBuffer: 2 ** 28 };
  const output = execFileSync(python, [script], { ...options, stdio: ['pipe', 'pipe', 'ignore'] });
  return output
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Known | null);
}

/** The same facts as ours show them. */
async function readFacts(path: string): Promise<Known> {
  const { weights } = await inspect({ path });
  const facts = weights?.[0]?.facts;
  if (facts?.format !== 'onnx')
    return {
      tensors: Object.fromEntries(facts?.tensors.map(({ name, dtype, shape }) => [name, [dtype, shape]]) ?? []),
    } as Known;
  const rows = (values: typeof facts.inputs): [string, (number | null)[]][] =>
    values.map(({ name, shape }) => [name, shape.map((size) => (typeof size === 'number' ? size : null))]);
  return { inputs: rows(facts.inputs), outputs: facts.outputs.map(({ name }) => name) };
}

describe.skipIf('missing' in installed)('models of published packages', async () => {
  if ('missing' in installed) return;
  const { folder, python } = installed;
  const names = findModels(folder);
  const known = askLibraries(
    python,
    names.map((name) => join(folder, name)),
  );
  const loaded = names.map((name, at) => ({ name, path: join(folder, name), known: known[at] })).filter(hasFacts);

  test('most are loaded by their own library', () => {
    console.log(`${loaded.length} of ${names.length} models are loaded by their own library`);
    expect(loaded.length).toBeGreaterThan(40);
  });

  test.each(loaded)('$name', async ({ path, known: expected }) => {
    expect(await readFacts(path)).toEqual(expected);
    const root = await tempTree({ 'h.py': 'def handle(data, context):\n    return data\n' });
    const context = testContext(root);
    await pack({ modelName: 'm', handler: 'h.py', weights: path, config: false }, context);
    for (const file of [path, join(root, 'm.mar')]) {
      const { findings } = await validate({ path: file, config: false }, context);
      expect(
        findings.filter(({ severity }) => severity === 'error'),
        basename(file),
      ).toEqual([]);
    }
  });
});

function hasFacts<T extends { readonly known: Known | null | undefined }>(
  row: T,
): row is T & { readonly known: Known } {
  return row.known != null;
}
