/** How long a command takes to start, against what Node itself needs to start. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packDigits } from './digits.js';
import { makeLargeWeights } from './large-weights.js';
import { projectRoot } from './machine.js';
import { interleave, median, runQuietly } from './measure.js';

const ROUNDS = 21;

export async function run(report) {
  const folder = await mkdtemp(join(tmpdir(), 'tsma-bench-'));
  try {
    const archive = await packDigits(folder);
    const large = await makeLargeWeights(folder);
    const ours =
      (command, ...args) =>
      () =>
        runQuietly(process.execPath, [join(projectRoot, 'bin', `${command}.js`), ...args]);
    const runs = await interleave(
      {
        'node -e 0': () => runQuietly(process.execPath, ['-e', '0']),
        'mar --version': ours('mar', '--version'),
        'mar --help': ours('mar', '--help'),
        'ts-model-archiver --help': ours('ts-model-archiver', '--help'),
        'mar inspect digits.mar': ours('mar', 'inspect', archive),
        'mar inspect digits.mar --json': ours('mar', 'inspect', archive, '--json'),
        'mar inspect, ONNX of 2 GiB': ours('mar', 'inspect', large.onnx),
        'mar inspect, checkpoint of 1 GiB': ours('mar', 'inspect', large.checkpoint),
        'mar validate digits.mar': ours('mar', 'validate', archive),
      },
      ROUNDS,
    );
    const bare = { name: 'node -e 0', value: median(runs['node -e 0']) };
    for (const [name, values] of Object.entries(runs)) {
      report.add({
        name,
        value: median(values),
        unit: 'ms',
        runs: values,
        ...(name === bare.name ? {} : { against: bare }),
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
