import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inspect } from '../../src/commands/inspect/inspect.ts';
import { pack } from '../../src/commands/pack/pack.ts';
import { validate } from '../../src/commands/validate/validate.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTorchServe } from './torchserve.ts';

/**
 * Packages of PyPI that bring models. What their own libraries load is called good, with the same facts; so is each checkpoint as
 * the library safetensors writes it. The small packages are 90 MB. TSMA_REGISTRY_MODELS=all adds the large ones (1.1 GB),
 * TSMA_REGISTRY_FOLDERS further folders (parted by colons), and TSMA_REGISTRY_PYTHON names another Python with torch, onnxruntime and numpy.
 */
const packages = JSON.parse(readFileSync(join(import.meta.dirname, 'registry-packages.json'), 'utf8')) as Readonly<
  Record<'small' | 'large', readonly string[]>
>;
const isAll = process.env.TSMA_REGISTRY_MODELS === 'all';
const library = 'safetensors==0.8.0';
const INSTALL_MS = isAll ? 20 * 60_000 : 180_000;

const torchServe = findTorchServe();
const installed = 'missing' in torchServe ? torchServe : install(process.env.TSMA_REGISTRY_PYTHON ?? torchServe.python);
if ('missing' in installed) console.log(`SKIPPED: ${installed.missing}`);

interface Installed {
  readonly python: string;
  readonly models: string;
  /** Apart from the models: of their packages nothing is imported. */
  readonly libraries: string;
}

/** Once a machine: the folders of the packages, or why there are none. */
function install(python: string): Installed | { readonly missing: string } {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'ts-model-archiver', isAll ? 'registry-models-2-all' : 'registry-models-2');
  const found = { python, models: join(folder, 'models'), libraries: join(folder, 'libraries') };
  const stamp = join(folder, 'installed');
  if (existsSync(stamp)) return found;
  rmSync(folder, { recursive: true, force: true });
  const wanted = {
    [found.libraries]: [library],
    [found.models]: [...packages.small, ...(isAll ? packages.large : [])],
  };
  for (const [target, names] of Object.entries(wanted)) {
    mkdirSync(target, { recursive: true });
    const args = ['-m', 'pip', 'install', '-q', '--no-deps', '--only-binary', ':all:', '--target', target, ...names];
    const { status, stderr } = spawnSync(python, args, { encoding: 'utf8', timeout: INSTALL_MS });
    if (status !== 0)
      return { missing: `the packages with models could not be installed: ${stderr.trim().split('\n').at(-1)}` };
  }
  writeFileSync(stamp, '');
  return found;
}

interface Known {
  readonly kind: 'onnx' | 'checkpoint' | 'torchscript' | 'safetensors' | 'numpy';
  readonly inputs?: readonly [string, (number | null)[]][];
  /** Names alone: onnxruntime works out lengths that the file does not say. */
  readonly outputs?: readonly string[];
  readonly tensors?: Readonly<Record<string, [dtype: string, shape: number[]]>>;
}

interface Answer {
  readonly known: Known | null;
  /** A checkpoint's tensors in a file that the library safetensors wrote. */
  readonly converted: (Known & { readonly path: string }) | null;
}

interface Model {
  readonly name: string;
  readonly path: string;
}

/** Each content once: packages copy models from each other. */
function findModels(folders: readonly string[]): Model[] {
  const seen = new Set<string>();
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => ({ folder, name })))
    .filter(({ name }) => /\.(onnx|pt|pth|ckpt|sav|jit|safetensors|npy|npz)$/.test(name))
    .map(({ folder, name }) => ({ name, path: join(folder, name) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .filter(({ path }) => {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return !seen.has(digest) && seen.add(digest);
    });
}

function askLibraries({ python, libraries }: Installed, files: readonly string[], target: string): Answer[] {
  const script = join(packageRoot, 'test/interop/readers/library_facts.py');
  const output = execFileSync(python, [script, target], {
    env: { ...process.env, PYTHONPATH: libraries },
    input: files.join('\n'),
    maxBuffer: 2 ** 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return output
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

/** The same facts as ours show them. */
async function readFacts(path: string, kind: Known['kind']): Promise<Known> {
  const { weights } = await inspect({ path });
  const facts = weights?.[0]?.facts;
  if (facts?.format === 'onnx') {
    const rows = (values: typeof facts.inputs): [string, (number | null)[]][] =>
      values.map(({ name, shape }) => [name, shape.map((size) => (typeof size === 'number' ? size : null))]);
    return { kind, inputs: rows(facts.inputs), outputs: facts.outputs.map(({ name }) => name) };
  }
  const tensors = facts?.tensors
    // A state dict leaves out the attributes of a script that are no buffers; what is empty is one.
    .filter(({ shape }) => kind !== 'torchscript' || !shape.includes(0))
    .map(({ name, dtype, shape }) => [name, [dtype, shape]] as const);
  return { kind, tensors: Object.fromEntries(tensors ?? []) } as Known;
}

describe.skipIf('missing' in installed)('models of published packages', async () => {
  if ('missing' in installed) return;
  const models = findModels([installed.models, ...(process.env.TSMA_REGISTRY_FOLDERS?.split(':') ?? [])]);
  const target = mkdtempSync(join(tmpdir(), 'tsma-safetensors-'));
  afterAll(() => rmSync(target, { recursive: true }));
  const answers = askLibraries(
    installed,
    models.map(({ path }) => path),
    target,
  );
  const loaded = models.flatMap((model, at) => {
    const { known, converted } = answers[at] ?? {};
    return [
      ...(known ? [{ ...model, known, isConverted: false }] : []),
      ...(converted
        ? [{ name: `${model.name} as safetensors`, path: converted.path, known: converted, isConverted: true }]
        : []),
    ];
  });

  test('most of them are loaded by their own library', () => {
    const native = loaded.filter(({ isConverted }) => !isConverted);
    const counts = new Map<Known['kind'], number>();
    for (const { known } of native) counts.set(known.kind, (counts.get(known.kind) ?? 0) + 1);
    const words = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
    console.log(`${native.length} of ${models.length} models are loaded by their own library: ${words}`);
    console.log(`${loaded.length - native.length} checkpoints were written again by safetensors`);
    expect(native.length).toBeGreaterThan(45);
    expect([...counts.keys()].sort()).toEqual(['checkpoint', 'numpy', 'onnx', 'safetensors', 'torchscript']);
  });

  test.each(loaded)('$name', async ({ path, known: { kind, inputs, outputs, tensors } }) => {
    expect(await readFacts(path, kind)).toEqual({ kind, inputs, outputs, tensors });
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
