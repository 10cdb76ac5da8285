/** The digits template as the benchmarks use it: packed by our own command, asked about its own samples. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './machine.js';
import { runQuietly } from './measure.js';

export const template = join(projectRoot, 'templates', 'digits');

/** Packs the template into a folder of its own in `folder`, with other values of what its configuration sets; gives the archive's path. */
export async function packDigits(folder, settings = {}) {
  const target = await mkdtemp(join(folder, 'digits-'));
  const config = join(target, 'model-config.yaml');
  const own = await readFile(join(template, 'model-config.yaml'), 'utf8');
  await writeFile(
    config,
    own.replace(/^(\w+): .*$/gm, (line, key) => (key in settings ? `${key}: ${settings[key]}` : line)),
  );
  await runQuietly(process.execPath, [
    ...[join(projectRoot, 'bin', 'ts-model-archiver.js'), '--model-name', 'digits', '--version', '1.0'],
    ...['--handler', 'image_classifier', '--serialized-file', join(template, 'digits.onnx')],
    ...['--extra-files', join(template, 'index_to_name.json'), '--config-file', config, '--export-path', target],
  ]);
  return join(target, 'digits.mar');
}
