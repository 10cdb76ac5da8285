import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { predictResultSchema } from '../../../src/commands/predict.ts';
import { packageRoot } from '../../../src/core/package-info.ts';
import { packDigits } from '../../support/digits.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { binPath, runCli } from '../../support/run-cli.ts';
import { tempTree } from '../../support/temp-tree.ts';

/** Answers with fixed probabilities and the length of what came. */
const handler = `export default {
  handle: (rows) => rows.map((row) => ({ long: 0.75, short: 0.25, bytes: row.body.length / 100 })),
};
`;

async function echoArchive(): Promise<string> {
  const cwd = await tempTree({ 'input.bin': Uint8Array.from({ length: 50 }, (_, index) => 128 + index) });
  const manifest = manifestOf({ modelName: 'echo', handler: 'echo.mjs' }, 'nodejs');
  await makeMar(join(cwd, 'echo.mar'), { files: { 'echo.mjs': handler }, manifest });
  return cwd;
}

describe('predict', () => {
  test('shows probabilities as bars, the largest first', async () => {
    const cwd = await echoArchive();
    const { code, stdout } = await runCli('mar', ['predict', 'echo.mar', '-i', 'input.bin'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +long {2}0\.7500 {2}█+\n +bytes {2}0\.5000 {2}█+\n +short {2}0\.2500 {2}█+\n/);
  });

  test('--expect compares: exit 0 if the answer is equal, exit 1 with the difference if not', async () => {
    const cwd = await echoArchive();
    await writeFile(join(cwd, 'good.json'), '{"long": 0.7501, "short": 0.25, "bytes": 0.5}');
    await writeFile(join(cwd, 'bad.json'), '{"long": 0.1, "short": 0.25, "bytes": 0.5}');
    const expecting = (file: string) => ['predict', 'echo.mar', '-i', 'input.bin', '--json', '--expect', file];
    const good = await runCli('mar', expecting('good.json'), { cwd });
    expect(good.code).toBe(0);
    expect(predictResultSchema.parse(JSON.parse(good.stdout))).toMatchObject({ matches: true, status: 200 });
    const bad = await runCli('mar', expecting('bad.json'), { cwd });
    expect(bad.code).toBe(1);
    expect(predictResultSchema.parse(JSON.parse(bad.stdout)).difference).toContain('/long');
  });

  test('onnxruntime sends no telemetry: neither the home nor the temporary folder holds a file afterwards', async () => {
    const cwd = await tempTree({ 'home/': '', 'tmp/': '' });
    const digits = await packDigits();
    onTestFinished(digits.remove);
    const surroundings = { HOME: join(cwd, 'home'), TMPDIR: join(cwd, 'tmp') };
    // In CI it is silent by itself.
    const env = { ...surroundings, CI: undefined, GITHUB_ACTIONS: undefined, ORT_DISABLE_TELEMETRY: undefined };
    const image = join(packageRoot, 'templates/digits/samples/7-a.png');
    const { code, stdout } = await runCli('mar', ['predict', digits.folder, '-i', image], { cwd, env });
    expect(code).toBe(0);
    expect(stdout).toContain('seven');
    expect(await readdir(cwd, { recursive: true })).toEqual(['home', 'tmp']);
  });

  test('a line that a worker prints stays one line, and cannot control the terminal', async () => {
    const words = 'many words '.repeat(30).trim();
    const speaking = `console.log(${JSON.stringify(`${words}\u001b[2J`)});\n${handler}`;
    const cwd = await tempTree({ 'input.bin': 'x' });
    const manifest = manifestOf({ modelName: 'echo', handler: 'echo.mjs' }, 'nodejs');
    await makeMar(join(cwd, 'echo.mar'), { files: { 'echo.mjs': speaking }, manifest });
    const { stderr } = await runCli('mar', ['predict', 'echo.mar', '-i', 'input.bin'], { cwd });
    expect(stderr).toContain(`${words}\\u001b[2J\n`);
  });

  test('a missing input: exit 3', async () => {
    const { code, stderr } = await runCli('mar', ['predict', 'echo.mar', '-i', 'gone.png'], {
      cwd: await echoArchive(),
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/FILE_NOT_FOUND.*gone\.png/);
  });
});

describe.skipIf(process.platform === 'win32')('Ctrl-C, which also reaches the workers', () => {
  /** Says where it is, and is still there when the signal comes. */
  const slow = `import { writeFileSync } from 'node:fs';
export const handler = {
  async initialize() {
    writeFileSync(process.env.LOADING, '');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  handle: (rows) => rows.map(() => 1),
};`;

  test.each([
    ['predict', ['predict', 'slow.mar', '-i', 'input.bin']],
    ['validate --run', ['validate', 'slow.mar', '--run']],
    ['serve', ['serve', 'slow.mar', '--port', '0']],
  ])('%s while a model loads: the command is cancelled, and the archive is not called bad', async (_, words) => {
    const cwd = await tempTree({ 'input.bin': 'x' });
    const manifest = manifestOf({ modelName: 'slow', handler: 'slow.mjs' }, 'nodejs');
    await makeMar(join(cwd, 'slow.mar'), { files: { 'slow.mjs': slow }, manifest });
    const child = spawn(process.execPath, [binPath('mar'), ...words], {
      cwd,
      env: { ...process.env, LOADING: join(cwd, 'loading') },
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own, so that the signal goes to all of it as a terminal's does, and to nobody else.
      detached: true,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const closed = once(child, 'close');
    await vi.waitUntil(() => existsSync(join(cwd, 'loading')), { timeout: 60_000 });
    process.kill(-(child.pid as number), 'SIGINT');
    expect(await closed).toEqual([3, null]);
    expect(stderr).toContain('CANCELLED  The command was cancelled.');
  });
});

describe('serve', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints where it listens, answers there, and ends with 0 on %s',
    async (signal) => {
      const child = spawn(process.execPath, [binPath('mar'), 'serve', 'echo.mar', '--port', '0'], {
        cwd: await echoArchive(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const closed = once(child, 'close');
      let url: string | undefined;
      for await (const line of createInterface({ input: child.stdout })) {
        url ??= /http:\S+\/predictions\/echo/.exec(line)?.[0];
        if (line.includes('Ctrl-C')) break;
      }
      const answer = await fetch(url ?? '', { method: 'POST', body: Uint8Array.of(128, 129) });
      expect(await answer.json()).toEqual({ long: 0.75, short: 0.25, bytes: 0.02 });
      child.kill(signal);
      expect(await closed).toEqual([0, null]);
    },
  );

  test('a refused archive keeps the server from starting: exit 1', async () => {
    const cwd = await tempTree({ 'bad.mar': 'no archive' });
    const { code, stdout, stderr } = await runCli('mar', ['serve', 'bad.mar', '--port', '0'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('ARCHIVE_REFUSED');
  });
});
