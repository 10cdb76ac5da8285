import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageRoot } from '../../src/core/package-info.ts';

/** A program on the PATH, by its first name that is there. */
export function findTool(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return names
    .flatMap((name) => folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever its exit code. Variables set to undefined are taken out of the environment. */
export function runTool(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Ended by then, with the exit code null. */
    readonly timeoutMs?: number;
  } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk: Buffer) => output.stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (exitCode) =>
      resolve({
        exitCode,
        stdout: Buffer.concat(output.stdout).toString('utf8'),
        stderr: Buffer.concat(output.stderr).toString('utf8'),
      }),
    );
  });
}

/** One of our own commands as a user runs it: the built program in a process of its own. */
export function runOurs(
  command: 'mar' | 'ts-model-archiver',
  args: readonly string[],
  options: Parameters<typeof runTool>[2] = {},
): Promise<Ended> {
  return runTool(process.execPath, [join(packageRoot, 'bin', `${command}.js`), ...args], options);
}

/** The same, for a command that has to succeed. */
export async function runOursWell(...given: Parameters<typeof runOurs>): Promise<string> {
  const { exitCode, stdout, stderr } = await runOurs(...given);
  if (exitCode !== 0) throw new Error(`${given[0]} ${given[1].join(' ')} ended with ${exitCode}:\n${stderr}${stdout}`);
  return stdout;
}
