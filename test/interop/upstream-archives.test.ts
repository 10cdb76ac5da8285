import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTool, runOurs, runOursWell, runTool } from '../support/tools.ts';

const archiver = findTool('torch-model-archiver');
const digits = join(packageRoot, 'templates', 'digits');

const formats = [
  { format: 'default', name: 'digits.mar' },
  { format: 'zip-store', name: 'digits.mar' },
  { format: 'tgz', name: 'digits.tar.gz' },
  { format: 'no-archive', name: 'digits' },
] as const;

const inputs = ['digits.onnx', 'index_to_name.json', 'model-config.yaml', 'handler.py'] as const;

const handler = `from ts.torch_handler.base_handler import BaseHandler


class DigitHandler(BaseHandler):
    def handle(self, data, context):
        return [len(data)]
`;

/** The same inputs through the incumbent's own program: folder with the inputs, and the archive it wrote. */
async function packUpstream(
  program: string,
  format: string,
  name: string,
): Promise<{ folder: string; archive: string }> {
  const folder = await tempTree({ 'handler.py': handler, 'out/': '' });
  for (const file of ['digits.onnx', 'index_to_name.json', 'model-config.yaml'])
    await cp(join(digits, file), join(folder, file));
  const { exitCode, stderr } = await runTool(
    program,
    [
      '--model-name',
      'digits',
      '--version',
      '2.5',
      '--serialized-file',
      'digits.onnx',
      '--handler',
      'handler.py',
      '--extra-files',
      'index_to_name.json',
      '--config-file',
      'model-config.yaml',
      '--archive-format',
      format,
      '--export-path',
      'out',
    ],
    // Its fixed staging folder lies in the temp folder: give each run one of its own.
    { cwd: folder, env: { TMPDIR: folder } },
  );
  if (exitCode !== 0) throw new Error(stderr);
  return { folder, archive: join(folder, 'out', name) };
}

describe.each(formats)('an archive that the real torch-model-archiver wrote as $format', ({ format, name }) => {
  test('is inspected, validated and extracted, with equal bytes', async ({ skip }) => {
    if (archiver === undefined)
      return skip('torch-model-archiver is not on the PATH (pip install torch-model-archiver)');
    const { folder, archive } = await packUpstream(archiver, format, name);

    const facts = JSON.parse(await runOursWell('mar', ['inspect', archive, '--json']));
    expect(facts.manifest.value.model).toMatchObject({
      modelName: 'digits',
      modelVersion: '2.5',
      handler: 'handler.py',
      serializedFile: 'digits.onnx',
    });

    const verdict = await runOurs('mar', ['validate', archive, '--json']);
    const findings: { rule: string; severity: string }[] = JSON.parse(verdict.stdout).findings;
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(verdict.exitCode).toBe(0);

    await runOursWell('mar', ['extract', archive, '--output', join(folder, 'extracted')]);
    for (const file of inputs) {
      expect(await readFile(join(folder, 'extracted', file)), file).toEqual(await readFile(join(folder, file)));
    }
    expect((await filesBelow(join(folder, 'extracted'))).sort()).toEqual(['MAR-INF/MANIFEST.json', ...inputs].sort());
  });

  test('has the content of our archive of the same inputs, byte for byte except the time in the manifest', async ({
    skip,
  }) => {
    if (archiver === undefined)
      return skip('torch-model-archiver is not on the PATH (pip install torch-model-archiver)');
    const { folder, archive } = await packUpstream(archiver, format, name);
    await runOursWell(
      'ts-model-archiver',
      [
        '--model-name',
        'digits',
        '--version',
        '2.5',
        '--serialized-file',
        'digits.onnx',
        '--handler',
        'handler.py',
        '--extra-files',
        'index_to_name.json',
        '--config-file',
        'model-config.yaml',
        '--archive-format',
        format,
        '--export-path',
        'ours',
      ],
      { cwd: folder },
    );
    await runOursWell('mar', ['extract', archive, '--output', join(folder, 'theirs.d')]);
    await runOursWell('mar', ['extract', join(folder, 'ours', name), '--output', join(folder, 'ours.d')]);
    expect(await contents(join(folder, 'ours.d'))).toEqual(await contents(join(folder, 'theirs.d')));
  });
});

async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const kinds = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).isFile()));
  return names.filter((_, at) => kinds[at]).map((name) => name.replaceAll('\\', '/'));
}

async function contents(folder: string): Promise<Record<string, string>> {
  const files = (await filesBelow(folder)).sort();
  const read = async (path: string) =>
    (await readFile(join(folder, path))).toString('latin1').replace(/("createdOn": )"[^"]*"/, '$1"…"');
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await read(path)] as const)));
}
