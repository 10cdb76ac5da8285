import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archive } from '../../src/commands/pack/archive.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from './context.ts';

/** The digits template as a packed model folder, by our own archiver. The caller removes it. */
export async function packDigits(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'tsma-digits-'));
  const template = join(packageRoot, 'templates', 'digits');
  await archive(
    {
      modelName: 'digits',
      version: '1.0',
      serializedFile: join(template, 'digits.onnx'),
      handler: 'image_classifier',
      extraFiles: join(template, 'index_to_name.json'),
      configFile: join(template, 'model-config.yaml'),
      exportPath: root,
      archiveFormat: 'no-archive',
    },
    testContext(root),
  );
  return { folder: join(root, 'digits'), remove: () => rm(root, { recursive: true, force: true }) };
}
