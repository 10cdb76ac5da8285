import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { tempTree } from '../support/temp-tree.ts';
import { findTool } from '../support/tools.ts';
import type { Fence, Page } from './pages.ts';

const run = promisify(execFile);
const quote = (text: string) => JSON.stringify(text);
/** The ports that a server has where nothing else is said. */
const usualPorts = /(127\.0\.0\.1|localhost):(?:808[0-2]|844[345])/g;

/** Programs that a page calls and this machine lacks. */
export function missingTools({ fences }: Page): string[] {
  const text = fences
    .filter(({ language }) => language === 'sh')
    .map((fence) => fence.text)
    .join('\n');
  const called = ['curl', 'openssl'].filter((name) => new RegExp(`^${name} `, 'm').test(text));
  return ['bash', ...called].filter((name) => findTool(name) === undefined);
}

/** Runs the fences of a page in their order, as a reader would, in a folder that holds the templates and a small model of torch. */
export async function runPage(page: Page): Promise<void> {
  const folder = await readersFolder();
  let server: Server | undefined;
  let modules: Fence[] = [];
  const runWaiting = async () => {
    await runModules(modules, folder);
    modules = [];
  };
  try {
    for (const fence of page.fences) {
      if (fence.language === 'sh') await runWaiting();
      if (fence.language === 'sh' && fence.name === 'serve') {
        await server?.stop();
        server = await startServer(fence, folder);
      } else if (fence.language === 'sh') await runShell(fence, folder, server?.port);
      else if (fence.language === 'js' && fence.name === undefined) modules.push(fence);
      else if (fence.name !== undefined) await writeNamed(fence, folder);
    }
    await runWaiting();
  } finally {
    await server?.stop();
  }
}

async function readersFolder(): Promise<string> {
  const folder = await tempTree({
    'net.pth': await readFile(join(packageRoot, 'test/fixtures/weights/torch/state-dict-p2.pt')),
    'net.py': 'import torch\n\n\nclass Net(torch.nn.Module):\n    pass\n',
    'node_modules/': '',
  });
  await cp(join(packageRoot, 'templates'), join(folder, 'templates'), { recursive: true });
  await symlink(packageRoot, join(folder, 'node_modules', 'ts-model-archiver'), 'junction');
  return folder;
}

/** `npx` finds the commands of the package it stands in; the test names their files. */
function toShell(text: string): string {
  return text.replace(
    /\bnpx ((?:ts-)?[a-z]+(?:-archiver)?)\b/g,
    (_all, name) => `${quote(process.execPath)} ${quote(join(packageRoot, 'bin', `${name}.js`))}`,
  );
}

async function runShell({ text }: Fence, cwd: string, port: number | undefined): Promise<void> {
  const words = port === undefined ? text : text.replace(usualPorts, `$1:${port}`);
  // A curl of the reader's asks as it is written, here it also fails where the answer is an error.
  const script = `curl() { command curl --silent --show-error --fail "$@"; }\n${toShell(words)}`;
  await run('bash', ['-euo', 'pipefail', '-c', script], { cwd }).catch((error: { stdout: string; stderr: string }) => {
    expect.fail(`${text}\n${error.stdout}${error.stderr}`);
  });
}

/** Modules that follow each other run in one process: each is a file, and imported after the one before has ended. */
async function runModules(fences: readonly Fence[], cwd: string): Promise<void> {
  if (fences.length === 0) return;
  const names = fences.map((_, index) => `example-${index + 1}.mjs`);
  for (const [index, name] of names.entries()) await writeFile(join(cwd, name), fences[index]?.text ?? '');
  const all = names.map((name) => `await import('./${name}');`).join('\n');
  await writeFile(join(cwd, 'examples.mjs'), all);
  await run(process.execPath, ['examples.mjs'], { cwd }).catch((error: { stderr: string }) => {
    expect.fail(`The examples in their order:\n${all}\n${error.stderr}`);
  });
}

async function writeNamed({ name, text }: Fence, folder: string): Promise<void> {
  const path = join(folder, name as string);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

/** The command of the page on a free port, which it prints when it is up. */
async function startServer({ text }: Fence, cwd: string): Promise<Server> {
  const command = `exec ${toShell(text.replace(/\\\n/g, ' ').trim())} --port 0`;
  const child = spawn('bash', ['-euc', command], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece) => {
    said += piece;
  });
  const ended = once(child, 'close');
  const port = await Promise.race([readPort(child.stdout), ended.then(() => undefined)]);
  if (port === undefined) expect.fail(`${text}\n${said}`);
  return { port, stop: () => stop(child, ended, text, () => said) };
}

function readPort(stdout: Readable): Promise<number> {
  return new Promise((resolve) => {
    let printed = '';
    stdout.on('data', (piece) => {
      printed += piece;
      const port = /https?:\/\/127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<unknown[]>, text: string, said: () => string): Promise<void> {
  child.kill('SIGTERM');
  const [code] = await ended;
  expect(code, `${text}\n${said()}`).toBe(0);
}
