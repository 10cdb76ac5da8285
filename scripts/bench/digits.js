/** The digits template as the benchmarks use it: packed by our own command, asked about its own samples. */
import { join } from 'node:path';
import { projectRoot } from './machine.js';
import { runQuietly } from './measure.js';

export const template = join(projectRoot, 'templates', 'digits');

/** Packs the template into `folder`; gives the path of the archive. */
export async function packDigits(folder) {
  await runQuietly(process.execPath, [
    join(projectRoot, 'bin', 'ts-model-archiver.js'),
    '--model-name',
    'digits',
    '--version',
    '1.0',
    '--handler',
    'image_classifier',
    '--serialized-file',
    join(template, 'digits.onnx'),
    '--extra-files',
    join(template, 'index_to_name.json'),
    '--config-file',
    join(template, 'model-config.yaml'),
    '--export-path',
    folder,
    '--force',
  ]);
  return join(folder, 'digits.mar');
}
