import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { testContext } from '../support/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { startTorchServe } from './torchserve.ts';

export interface PythonModel {
  readonly modelName: string;
  /** Source of the handler. */
  readonly handler: string;
  /** model-config.yaml. */
  readonly config: string;
}

/** What TorchServe and then this server answer, over the same archive and the same Python. */
export async function askBoth<Answers>(
  python: string,
  { modelName, handler, config }: PythonModel,
  converse: (url: string) => Promise<Answers>,
): Promise<{ readonly theirs: Answers; readonly ours: Answers }> {
  const folder = await mkdtemp(join(tmpdir(), `tsma-${modelName}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const modelStore = join(folder, 'store');
  await mkdir(modelStore);
  const models = [`${modelName}.mar`];
  await makeMar(join(modelStore, `${modelName}.mar`), {
    files: { [`${modelName}.py`]: handler, 'model-config.yaml': config },
    manifest: manifestOf({ modelName, handler: `${modelName}.py`, configFile: 'model-config.yaml' }),
  });
  const incumbent = await startTorchServe(python, modelStore, folder, { models });
  onTestFinished(() => incumbent.stop());
  const theirs = await converse(incumbent.url);
  await incumbent.stop();
  const options = { port: 0, modelStore, models, python, threads: 1, grace: 5 };
  const handle = await serve(options, testContext(folder, { env: process.env }));
  onTestFinished(() => handle.close());
  return { theirs, ours: await converse(handle.urls.inference) };
}
