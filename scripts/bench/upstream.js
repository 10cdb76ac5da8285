import { join } from 'node:path';
import { runQuietly } from './measure.js';

/** Installs torch-model-archiver into a private Python environment; its program, or undefined where that is not possible. */
export async function installUpstream(folder) {
  try {
    await runQuietly('python3', ['-m', 'venv', folder]);
    await runQuietly(join(folder, 'bin', 'pip'), ['install', '--quiet', 'torch-model-archiver==0.12.0']);
    return join(folder, 'bin', 'torch-model-archiver');
  } catch {
    return undefined;
  }
}
