import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../src/core/package-info.ts';
import { tempTree } from './support/temp-tree.ts';

const actionPath = join(packageRoot, '.github/actions/mar-check');
const action = parse(await readFile(join(actionPath, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: {
    steps: { name: string; id?: string; if?: string; run: string; shell: string; env: Record<string, string> }[];
  };
};

interface Job {
  readonly folder: string;
  readonly code: number;
  readonly stdout: string;
  readonly summary: string;
  readonly outputs: Record<string, string>;
}

/** Runs the steps as a runner does: expressions in `env` and `if`, files for outputs and summary, an end at the first failure. */
async function runAction(inputs: Record<string, string>, folder: string): Promise<Job> {
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value = '' }]) => [name, value]),
  );
  const values = new Map(Object.entries({ ...given, ...inputs }).map(([name, value]) => [`inputs.${name}`, value]));
  values.set('github.action_path', actionPath);
  const fill = (text: string) => text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name) => values.get(name) ?? '');
  const files = { GITHUB_OUTPUT: join(folder, '.output'), GITHUB_STEP_SUMMARY: join(folder, '.summary') };
  for (const file of Object.values(files)) await writeFile(file, '');
  let stdout = '';
  let code = 0;
  for (const step of action.runs.steps) {
    const [, name = '', wanted = ''] = /^([\w.-]+) != '([^']*)'$/.exec(step.if ?? '') ?? [];
    if (code !== 0 || (name !== '' && values.get(name) === wanted)) continue;
    const env = Object.fromEntries(Object.entries(step.env).map(([key, text]) => [key, fill(text)]));
    const ended = await runStep(step.run, folder, { ...env, ...files, RUNNER_TEMP: folder });
    stdout += ended.stdout;
    code = ended.code;
    for (const line of (await readFile(files.GITHUB_OUTPUT, 'utf8')).trim().split('\n')) {
      const at = line.indexOf('=');
      if (at > 0) values.set(`steps.pack.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
  }
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value)]));
  return { folder, code, stdout, outputs, summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

/** GitHub's bash: `bash --noprofile --norc -eo pipefail`. */
async function runStep(script: string, cwd: string, env: Record<string, string>) {
  const options = { cwd, env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env } };
  return promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], options).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
}

async function digits(): Promise<string> {
  const folder = await tempTree();
  await cp(join(packageRoot, 'templates/digits'), folder, { recursive: true });
  return folder;
}

describe('the action mar-check', () => {
  test('packs with path and digest as JSON, validates, and asks the model', async () => {
    const folder = await digits();
    const job = await runAction({ config: 'mar.config.json', input: 'samples/7-a.png', 'max-size': '1MB' }, folder);
    expect(job.code, job.stdout).toBe(0);
    const archive = await readFile(join(folder, 'digits.mar'));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    expect(JSON.parse(job.stdout.slice(0, job.stdout.indexOf('\n}') + 2))).toMatchObject({
      path: 'digits.mar',
      sha256,
    });
    expect(job.outputs).toEqual({ archive: 'digits.mar', sha256, sarif: 'mar.sarif' });
    expect(JSON.parse(await readFile(join(folder, 'mar.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(job.summary).toContain('### digits.mar: good');
    expect(job.summary).toMatch(/#### Smoke test[\s\S]*"seven"/);
  });

  test('fails, with annotations and a summary, and does not ask a model that is not good', async () => {
    const folder = await digits();
    const job = await runAction({ config: 'mar.config.json', input: 'samples/7-a.png', 'max-size': '10kB' }, folder);
    expect(job.code).toBe(1);
    expect(job.stdout).toMatch(/^::error file=digits\.mar,title=hygiene\/size::/m);
    expect(job.summary).toContain('hygiene/size');
    expect(job.summary).not.toContain('Smoke test');
  });

  test('checks an archive that is there, and fails when the answer is another one', async () => {
    const folder = await digits();
    await runAction({ config: 'mar.config.json' }, folder);
    await writeFile(join(folder, 'three.json'), '{"three": 1}');
    const archive = { archive: 'digits.mar', only: 'archive,weights', run: 'true' };
    const job = await runAction({ ...archive, input: 'samples/7-a.png', expect: 'three.json' }, folder);
    expect(job.code).toBe(1);
    expect(job.summary).toContain('"matches": false');
    expect(job.outputs).toMatchObject({ archive: 'digits.mar' });
  });

  test('gives no text of an input to the shell', async () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
    const folder = await digits();
    const job = await runAction({ archive: '$(touch injected); `touch injected`.mar' }, folder);
    expect(job.code).toBe(3);
    await expect(readFile(join(folder, 'injected'))).rejects.toThrow();
  });
});

test('the workflow of this repository gives the action inputs it has', async () => {
  const workflow = parse(await readFile(join(packageRoot, '.github/workflows/model.yml'), 'utf8'));
  const step = workflow.jobs.check.steps.find(({ uses }: { uses: string }) => uses.endsWith('mar-check'));
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with)));
  const config = JSON.parse(await readFile(join(packageRoot, step.with.config), 'utf8'));
  expect(config.modelName).toBe('digits');
  await expect(readFile(join(packageRoot, step.with.input))).resolves.toBeDefined();
});
