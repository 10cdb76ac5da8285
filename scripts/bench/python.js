/** The Python environment that TorchServe and FastAPI run in: made on demand, kept between runs. */
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runQuietly } from './measure.js';

const folder = process.env.TSMA_BENCH_PYTHON ?? join(homedir(), '.cache', 'ts-model-archiver', 'bench-python');
/** torch itself is the system's (apt: python3-torch, openjdk-17-jre-headless): a wheel of it is gigabytes. */
const SYSTEM_PYTHON = '/usr/bin/python3';
const TORCHSERVE = 'torchserve==0.12.0';
const NEEDED = ['psutil', 'pyyaml', 'packaging', 'pillow', 'enum-compat'];
const PEER = ['fastapi', 'uvicorn', 'uvloop', 'httptools', 'onnxruntime'];

/** Undefined when `--install` was never run. */
export async function findPython() {
  return stat(join(folder, 'bin', 'torchserve')).then(
    () => folder,
    () => undefined,
  );
}

export async function installPython(report) {
  report.line(`installing TorchServe and FastAPI into ${folder}`);
  const pip = (...packages) => runQuietly(join(folder, 'bin', 'pip'), ['install', '--quiet', ...packages]);
  await runQuietly(SYSTEM_PYTHON, ['-m', 'venv', '--system-site-packages', folder]);
  await pip('--no-deps', TORCHSERVE);
  await pip(...NEEDED, ...PEER);
}
