import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readArchive } from '../../src/archive/read.ts';
import { tempTree } from '../support/temp-tree.ts';

/** What the real torch-model-archiver 0.12.0 and torch-workflow-archiver 0.2.15 did, replayed on ours. */
const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../fixtures/torch-model-archiver');
const bin = join(fixtures, '../../../bin');

interface Member {
  readonly name: string;
  readonly size?: number;
  readonly sha256?: string;
}
interface RecordedCase {
  readonly name: string;
  readonly tool: 'torch-model-archiver' | 'torch-workflow-archiver';
  readonly argv: readonly string[];
  readonly precondition: string | null;
  readonly exit: number;
  readonly stderr: string;
  readonly outNames: readonly string[];
  readonly outputs: readonly {
    name: string;
    manifest?: Record<string, unknown> | null;
    members?: readonly Member[] | null;
  }[];
}

const tools = {
  'torch-model-archiver': 'ts-model-archiver',
  'torch-workflow-archiver': 'ts-workflow-archiver',
} as const;

/** Rows of the table of differences (docs/migrate-from-torchserve.md): what ours does instead. */
const differences: Readonly<Record<string, Partial<RecordedCase> & { reason: string }>> = {
  'extra-space-after-comma': { exit: 0, outNames: ['m.mar'], reason: 'blanks around a comma are ignored' },
  'handler-py-function': { exit: 0, outNames: ['m.mar'], reason: 'handler.py:function is understood' },
  'force-no-archive': { exit: 1, reason: 'a folder that is not an unpacked archive is not replaced' },
  'wf-no-handler': { exit: 0, outNames: ['w.war'], reason: '--handler is optional, as its own help says' },
  'wf-extra-force': { reason: 'a folder among the extra files is refused before the old archive is touched' },
};

const names = (await readdir(join(fixtures, 'cases'))).sort();
const cases = await Promise.all(
  names.map(async (name) => JSON.parse(await readFile(join(fixtures, 'cases', name), 'utf8')) as RecordedCase),
);

describe.each(Object.keys(tools) as (keyof typeof tools)[])('%s', (tool) => {
  test.each(cases.filter((recorded) => recorded.tool === tool))('$name', async (recorded) => {
    const { out, exit, stderr, stdout } = await replay(recorded);
    const expected = { ...recorded, ...differences[recorded.name] };
    expect({ exit, names: (await readdir(out)).sort() }, stderr).toEqual({
      exit: expected.exit,
      names: [...expected.outNames].sort(),
    });
    if (recorded.argv[0] !== '--help') expect(stdout).toBe('');
    if (expected.exit === 2) expect(lastLine(stderr)).toBe(lastLine(recorded.stderr).replaceAll(tool, tools[tool]));
    if (expected.exit !== 0) return;
    for (const output of recorded.outputs) await compareOutput(join(out, output.name), output);
  });
});

async function replay({ tool, argv, precondition }: RecordedCase) {
  const root = await tempTree({ 'out/': '' });
  const out = join(root, 'out');
  await cp(join(fixtures, 'inputs'), join(root, 'inputs'), { recursive: true });
  const old = precondition && /out\/(\S+)/.exec(precondition)?.[1];
  if (old) {
    await mkdir(dirname(join(out, old)), { recursive: true });
    await writeFile(join(out, old), old.endsWith('.txt') ? 'stale' : 'old');
  }
  const args = argv.map((word) => word.replaceAll('@OUT@', out));
  const env = { ...process.env, COLUMNS: '80', TZ: 'UTC' };
  return new Promise<{ out: string; exit: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(bin, `${tools[tool]}.js`), ...args],
      { cwd: join(root, 'inputs'), env },
      (error, stdout, stderr) => {
        resolve({ out, exit: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

async function compareOutput(path: string, { manifest, members }: RecordedCase['outputs'][number]) {
  if (!members || !manifest) return;
  const reading = await readArchive(path);
  try {
    expect(reading.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const tree = reading.tree;
    if (!tree) throw new TypeError(`${path} has no members`);
    const ours = await Promise.all(
      (await tree.list()).map(async (entry) => ({
        name: entry.path as string,
        bytes: await contentOf(tree, entry.path),
      })),
    );
    const wanted = members.map((member) => ({
      ...member,
      name: member.name.replace(/^m\/(?=.*)/, path.endsWith('.tar.gz') ? '' : 'm/'),
    }));
    expect(ours.map((member) => member.name).sort()).toEqual(wanted.map((member) => member.name).sort());
    for (const { name: member, bytes } of ours) {
      const recorded = wanted.find((candidate) => candidate.name === member);
      if (member.endsWith('MANIFEST.json')) compareManifest(bytes, manifest);
      else if (recorded?.sha256) expect(createHash('sha256').update(bytes).digest('hex'), member).toBe(recorded.sha256);
    }
  } finally {
    await reading.close();
  }
}

async function contentOf(
  tree: NonNullable<Awaited<ReturnType<typeof readArchive>>['tree']>,
  path: string,
): Promise<Buffer> {
  const source = await tree.open(path);
  try {
    return Buffer.from(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

/** Equal as text, key order and layout included, but for the date. */
function compareManifest(bytes: Buffer, recorded: Record<string, unknown>) {
  const text = bytes.toString('utf8');
  const { createdOn } = JSON.parse(text) as { createdOn: string };
  expect(createdOn).toMatch(/^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}$/);
  expect(text).toBe(JSON.stringify({ ...recorded, createdOn }, null, 2));
}
