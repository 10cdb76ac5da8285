import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ToolError } from '../../core/errors.ts';
import { createLineSplitter, createOutputTail } from '../process/worker-output.ts';

/** Inside the model's folder, removed with it; the server's Python is not changed. */
export const REQUIREMENTS_FOLDER = '.requirements';

/** Enough for a large framework over a slow line; pip has timeouts of its own for each connection. */
const INSTALL_TIMEOUT_MS = 30 * 60_000;

export interface RequirementsJob {
  readonly model: string;
  readonly executable: string;
  /** Of the extracted archive. */
  readonly folder: string;
  /** Member with the requirements. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Every output line of pip. */
  readonly onLine: (line: string) => void;
}

/** Runs pip (contract 2.5). Throws REQUIREMENTS_FAILED with pip's last lines. */
export async function installRequirements({
  model,
  executable,
  folder,
  file,
  env,
  onLine,
}: RequirementsJob): Promise<void> {
  const target = join(folder, REQUIREMENTS_FOLDER);
  const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-U', '-t', target, '-r', file];
  const tail = createOutputTail();
  const child = spawn(executable, args, {
    cwd: folder,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createLineSplitter((line) => {
      tail.add(line);
      onLine(line);
    });
    stream.on('data', (chunk: Buffer) => lines.push(chunk));
    stream.on('end', () => lines.end());
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `pip ended with ${signal ?? `code ${code}`}`),
    );
  });
  if (failure !== undefined)
    throw new ToolError('REQUIREMENTS_FAILED', { model, reason: failure, output: tail.lines() });
}
