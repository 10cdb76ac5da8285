import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../src/archive/open.ts';
import { pack } from '../../../src/commands/pack/pack.ts';
import { defaultLimits } from '../../../src/core/limits.ts';
import { readRecord } from '../../../src/model/documents/record.ts';
import { openSubject } from '../../../src/validate/open-subject.ts';
import { manifestRecord } from '../../../src/validate/rules/manifest/record.ts';
import { runRules } from '../../../src/validate/run.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';

const handler = 'def handle(data, context):\n    return data\n';
const project = { 'h.py': handler, 'w.bin': 'weights', 'assets/a.txt': 'a', 'assets/deep/b.txt': 'b' };
const flags = { modelName: 'm', handler: 'h.py', files: ['w.bin', 'assets'] };

async function members(path: string): Promise<string[]> {
  const tree = await openArchive(path);
  try {
    return (await tree.list()).map((entry) => entry.path);
  } finally {
    await tree.close();
  }
}

/** What the rule about the record says. */
async function judge(path: string) {
  const subject = await openSubject(path);
  try {
    return await runRules(subject, [manifestRecord]);
  } finally {
    await subject.close();
  }
}

test('pack keeps subfolders and records the SHA-256 of every file', async () => {
  const cwd = await tempTree(project);
  const result = await pack(flags, testContext(cwd));
  expect(result).toMatchObject({ id: 'm@1.0', path: 'm.mar', filename: 'm.mar', dryRun: false, entryCount: 6 });
  expect(await members(join(cwd, 'm.mar'))).toEqual([
    'MAR-INF/MANIFEST.json',
    'MAR-INF/mar.json',
    'assets/a.txt',
    'assets/deep/b.txt',
    'h.py',
    'w.bin',
  ]);
  expect(result.files.every(({ sha256 }) => sha256?.length === 64)).toBe(true);
  expect(result.size).toBe((await stat(join(cwd, 'm.mar'))).size);
});

test('pack --dry-run returns the plan that the real run applies, and writes nothing', async () => {
  const cwd = await tempTree(project);
  const dry = await pack({ ...flags, dryRun: true }, testContext(cwd));
  await expect(stat(join(cwd, 'm.mar'))).rejects.toMatchObject({ code: 'ENOENT' });
  const real = await pack(flags, testContext(cwd));
  const shape = ({ path, size, mode }: (typeof real.files)[number]) => ({ path, size, mode });
  expect(dry.files).toEqual(real.files.map(shape));
  expect(dry.manifest).toEqual(real.manifest);
});

test('pack refuses two files with one name; with --allow pack/collision the later one wins', async () => {
  const cwd = await tempTree({ ...project, 'other/a.txt': 'other' });
  const colliding = { ...flags, files: ['assets/a.txt', 'other/a.txt'] };
  const refusal = await pack(colliding, testContext(cwd)).catch((error) => error);
  expect(refusal).toMatchObject({
    code: 'ARCHIVE_REFUSED',
    message: expect.stringContaining('assets/a.txt and other/a.txt'),
  });
  expect(refusal.findings[0].hint).toContain('--allow pack/collision');
  await pack({ ...colliding, allow: ['pack/collision'] }, testContext(cwd));
  const tree = await openArchive(join(cwd, 'm.mar'));
  const source = await tree.open('a.txt');
  expect(Buffer.from(await source.read(0, source.size)).toString()).toBe('other');
  await source.close();
  await tree.close();
});

test.each([
  [
    'mar.config.json',
    JSON.stringify({
      modelName: 'cfg',
      version: '2.0',
      handler: 'h.py',
      files: ['w.bin', { from: 'assets', to: 'data' }],
    }),
  ],
  [
    'mar.config.yaml',
    'modelName: cfg\nversion: "2.0"\nhandler: h.py\nfiles:\n  - w.bin\n  - { from: assets, to: data }\n',
  ],
  [
    'mar.config.ts',
    "export default { modelName: 'cfg' as string, version: '2.0', handler: 'h.py', files: ['w.bin', { from: 'assets', to: 'data' }] };\n",
  ],
])('pack reads %s', async (name, text) => {
  const cwd = await tempTree({ ...project, [name]: text });
  expect(await pack({}, testContext(cwd))).toMatchObject({ id: 'cfg@2.0', path: 'cfg.mar' });
  expect(await members(join(cwd, 'cfg.mar'))).toContain('data/deep/b.txt');
});

test('a flag of pack overrides the config file', async () => {
  const cwd = await tempTree({ ...project, 'mar.config.json': JSON.stringify({ modelName: 'cfg', handler: 'h.py' }) });
  expect(await pack({ modelName: 'flag' }, testContext(cwd))).toMatchObject({ path: 'flag.mar' });
});

test("pack resolves the config's paths relative to the config's folder", async () => {
  const cwd = await tempTree({
    'project/h.py': handler,
    'project/w.bin': 'w',
    'project/mar.config.json': JSON.stringify({ modelName: 'm', handler: 'h.py', files: ['w.bin'], output: 'out' }),
  });
  expect(await pack({ config: 'project/mar.config.json' }, testContext(cwd))).toMatchObject({
    path: join('project', 'out', 'm.mar'),
  });
  expect(await members(join(cwd, 'project/out/m.mar'))).toEqual([
    'MAR-INF/MANIFEST.json',
    'MAR-INF/mar.json',
    'h.py',
    'w.bin',
  ]);
});

test.each([
  ['{', 'the whole file'],
  ['{"modelName": 1}', 'modelName'],
  ['{"modelNam": "m"}', 'modelNam'],
])('pack names the fault in the config %j', async (text, where) => {
  const cwd = await tempTree({ ...project, 'mar.config.json': text });
  await expect(pack({}, testContext(cwd))).rejects.toMatchObject({
    code: 'PACK_CONFIG_INVALID',
    message: expect.stringContaining(where),
  });
});

test('a built-in handler of ours needs no file, and one of its name comes first', async () => {
  const onnx = await readFile(new URL('../../fixtures/models/linear4x3.onnx', import.meta.url));
  const cwd = await tempTree({ 'n.onnx': onnx });
  const options = { modelName: 'm', handler: 'tabular', weights: 'n.onnx', output: 'a.mar' };
  const { files } = await pack(options, testContext(cwd));
  expect(files.map(({ path }) => path)).not.toContain('tabular.py');
  await writeFile(join(cwd, 'tabular.py'), 'def handle(data, context):\n    return data\n');
  const { files: others } = await pack({ ...options, output: 'b.mar' }, testContext(cwd));
  expect(others.map(({ path }) => path)).toContain('tabular.py');
});

test('pack says which option is missing', async () => {
  await expect(pack({ handler: 'h.py' }, testContext(await tempTree(project)))).rejects.toMatchObject({
    code: 'OPTION_MISSING',
  });
});

test('pack overwrites only with force, and keeps the old archive when it fails', async () => {
  const cwd = await tempTree({ ...project, 'm.mar': 'old' });
  await expect(pack(flags, testContext(cwd))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  await expect(pack({ ...flags, handler: 'missing.py', force: true }, testContext(cwd))).rejects.toMatchObject({
    code: 'HANDLER_NOT_FOUND',
  });
  expect(await readFile(join(cwd, 'm.mar'), 'utf8')).toBe('old');
  await pack({ ...flags, force: true }, testContext(cwd));
  expect(await members(join(cwd, 'm.mar'))).toContain('h.py');
});

test.each(['mar', 'tgz', 'folder'] as const)(
  'pack records the size and digest of every other file (%s)',
  async (format) => {
    const cwd = await tempTree(project);
    const result = await pack({ ...flags, format }, testContext(cwd));
    const tree = await openArchive(join(cwd, result.path));
    const reading = await readRecord(tree, defaultLimits);
    await tree.close();
    const others = result.files.filter(({ path }) => path !== 'MAR-INF/mar.json');
    expect(reading).toMatchObject({
      kind: 'ok',
      record: { build: { tool: 'ts-model-archiver', compression: 'auto' } },
    });
    expect(reading.kind === 'ok' && reading.record.files).toEqual(
      Object.fromEntries(others.map(({ path, size, sha256 }) => [path, { size, sha256 }])),
    );
    expect(await judge(join(cwd, result.path))).toEqual([]);
  },
);

test('pack records the signature of the model and the source of a bundled handler', async () => {
  const digits = await readFile(new URL('../../../templates/digits/digits.onnx', import.meta.url));
  const cwd = await tempTree({ 'm.onnx': digits, 'h.ts': 'export default { handle: (rows: unknown[]) => rows };\n' });
  await pack({ modelName: 'm', handler: 'h.ts', weights: ['m.onnx'] }, testContext(cwd));
  const tree = await openArchive(join(cwd, 'm.mar'));
  expect(await readRecord(tree, defaultLimits)).toMatchObject({
    record: {
      build: { handlerSource: 'h.ts' },
      model: { format: 'onnx', inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }] },
    },
  });
  await tree.close();
});

test("pack never takes a user's file for the record", async () => {
  const cwd = await tempTree(project);
  const files = [{ from: 'w.bin', to: 'MAR-INF/mar.json' }];
  await expect(pack({ ...flags, files }, testContext(cwd))).rejects.toMatchObject({ code: 'UNSAFE_NAME' });
});

test('pack --digest returns the SHA-256 of the archive', async () => {
  const cwd = await tempTree(project);
  const { sha256 } = await pack({ ...flags, digest: true }, testContext(cwd));
  expect(sha256).toBe(
    createHash('sha256')
      .update(await readFile(join(cwd, 'm.mar')))
      .digest('hex'),
  );
});

test('pack gives equal bytes for equal inputs and SOURCE_DATE_EPOCH', async () => {
  const env = { SOURCE_DATE_EPOCH: '1700000000' };
  const [one, two] = await Promise.all(
    [1, 2].map(async () => {
      const cwd = await tempTree(project);
      await pack(flags, testContext(cwd, { env, now: () => new Date(Math.random() * 1e12) }));
      return readFile(join(cwd, 'm.mar'));
    }),
  );
  expect(one).toEqual(two);
});

/** A safetensors file of one float32 tensor with one value. */
function shard(name: string): Buffer {
  const header = JSON.stringify({ [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(4)]);
}

const [first, second] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const index = JSON.stringify({ metadata: {}, weight_map: { a: first, b: second } });
const sharded = { 'h.py': handler, 'w/model.safetensors.index.json': index, [`w/${first}`]: shard('a') };

test.each([['w/model.safetensors.index.json'], [`w/${first}`], [`w/${first}=weights/${first}`]])(
  'pack --weights %s adds every shard, at the path the index expects',
  async (weights) => {
    const cwd = await tempTree({ ...sharded, [`w/${second}`]: shard('b') });
    const context = testContext(cwd);
    await pack({ modelName: 'm', handler: 'h.py', weights: [weights] }, context);
    const folder = weights.includes('=') ? 'weights/' : '';
    for (const name of ['model.safetensors.index.json', first, second])
      expect(await members(join(cwd, 'm.mar'))).toContain(folder + name);
    expect(context.messages().join('\n')).toContain(`${second} is packed too`);
  },
);

test('pack names a missing shard, and writes nothing', async () => {
  const cwd = await tempTree(sharded);
  const options = { modelName: 'm', handler: 'h.py', weights: ['w/model.safetensors.index.json'] };
  const refusal = await pack(options, testContext(cwd)).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'ARCHIVE_REFUSED', message: expect.stringContaining(second) });
  await expect(stat(join(cwd, 'm.mar'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('pack --target both adds the Python counterpart of a built-in handler, and refuses a handler without one', async () => {
  const digits = await readFile(new URL('../../../templates/digits/digits.onnx', import.meta.url));
  const cwd = await tempTree({ 'm.onnx': digits });
  const options = { modelName: 'm', weights: ['m.onnx'], target: 'both' as const };
  const { manifest, files } = await pack({ ...options, handler: 'image_classifier' }, testContext(cwd));
  expect(manifest).toMatchObject({ runtime: 'python', model: { handler: expect.stringMatching(/\.py$/) } });
  expect(files.map(({ path }) => path)).toContain(manifest.model?.handler);
  await expect(pack({ ...options, handler: 'base_handler', force: true }, testContext(cwd))).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(/^handler: .*image_classifier.*got base_handler, with the target both/),
  });
});

test.each([
  ['a name that ends in .mar is the archive', { output: 'out/x.mar' }, 'out/x.mar'],
  ['a name that ends in .tar.gz is the archive, and says its format', { output: 'x.tar.gz' }, 'x.tar.gz'],
  ['a folder is the folder', { output: 'there' }, 'there/m.mar'],
  ['a folder is the folder, whatever it is called', { output: 'there.mar' }, 'there.mar/m.mar'],
  ['a slash at the end makes a folder', { output: 'new.mar/' }, 'new.mar/m.mar'],
  ['a new folder is made', { output: 'new' }, 'new/m.mar'],
  ['a model called x.mar is not packed as x.mar.mar', { modelName: 'x.mar' }, 'x.mar'],
  ['a format that the name has too', { output: 'x.tgz', format: 'tgz' as const }, 'x.tgz'],
])('pack --output: %s', async (_, more, path) => {
  const cwd = await tempTree({ ...project, 'there/': '', 'there.mar/': '' });
  const result = await pack({ ...flags, ...more }, testContext(cwd));
  expect(result).toMatchObject({ path, filename: path.split('/').at(-1) });
  expect((await stat(join(cwd, path))).isFile()).toBe(true);
  expect(await members(join(cwd, path))).toContain('h.py');
});

test.each([
  ['a name of another format', { output: 'x.mar', format: 'tgz' as const }, 'INVALID_OPTION'],
  ['a file in the place of the folder', { output: 'w.bin' }, 'EXPORT_PATH_NOT_FOLDER'],
  ['an archive that is there', { output: 'old.mar' }, 'OUTPUT_EXISTS'],
])('pack --output refuses %s', async (_, more, code) => {
  const cwd = await tempTree({ ...project, 'old.mar': 'old' });
  await expect(pack({ ...flags, ...more }, testContext(cwd))).rejects.toMatchObject({ code });
  expect(await readFile(join(cwd, 'old.mar'), 'utf8')).toBe('old');
});

test('pack --allow refuses an unknown rule, and suggests the nearest', async () => {
  const cwd = await tempTree(project);
  await expect(pack({ ...flags, allow: ['handler/python-sintax'] }, testContext(cwd))).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining('handler/python-syntax'),
  });
  const allowed = await pack({ ...flags, allow: ['pack/collision', 'handler/python-syntax'] }, testContext(cwd));
  expect(allowed.path).toBe('m.mar');
});
