import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { createContext } from '../../src/core/context.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { findIncumbent, startTorchServe } from './torchserve.ts';

/** Every line that the same requests leave in the log files of both servers, without times and numbers. */
const incumbent = findIncumbent();
if ('missing' in incumbent) console.log(`SKIPPED: TorchServe with Java: ${incumbent.missing}`);
const python = 'python' in incumbent ? incumbent.python : '';

const HANDLER = `
import sys


class Logged:
    def initialize(self, context):
        print("said on stdout", flush=True)
        print("said on stderr", file=sys.stderr, flush=True)

    def handle(self, data, context):
        context.metrics.add_counter("Calls", 1)
        context.metrics.add_time("StepTime", 12345678.5, None, "ms")
        return ["ok" for _ in data]
`;
const PROPERTIES = { metrics_mode: 'log', model_metrics_auto_detect: true, disable_system_metrics: false };
const FILES = ['access_log', 'model_log', 'ts_metrics', 'model_metrics'] as const;

/** Of a line what does not change from run to run. */
function shapeOf(line: string): string {
  return line
    .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3}/, 'TIME')
    .replace(/(\/127\.0\.0\.1):\d+/, '$1:PORT')
    .replace(/ \d+$/, ' MS')
    .replace(/requestID:[-0-9a-f]{36}/, 'requestID:ID')
    .replace(/timestamp:\d{10}$/, 'timestamp:SECONDS')
    .replace(/W-9\d\d\d-/, 'W-ID-')
    .replace(/^(TIME - (?:CPU|Disk|Memory|Queue|Worker|Prediction|ts_\w*latency)\w*\.\w+:)[\d.E-]+/, '$1VALUE');
}

/** What TorchServe's worker says of itself, and the load of a worker, which TorchServe takes for a request. */
const OWN = /MODEL_LOG - (?!said on)/;

async function shapes(folder: string): Promise<Record<string, string[]>> {
  const read = async (name: string) => {
    const lines = (await readFile(join(folder, `${name}.log`), 'utf8')).trimEnd().split('\n');
    const kept = lines.filter((line) => !OWN.test(line) && !/GET \/(ping|models)/.test(line)).map(shapeOf);
    // How often the machine is read, and how often somebody asked whether the server is up, is no matter of the form.
    return [...new Set(kept)].sort();
  };
  return Object.fromEntries(await Promise.all(FILES.map(async (name) => [name, await read(name)] as const)));
}

describe.skipIf('missing' in incumbent)('log files', () => {
  test('the same requests write the same lines in access, model and both metrics logs', {
    timeout: 240_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tsma-logs-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const store = join(folder, 'store');
    await mkdir(store);
    await makeMar(join(store, 'logged.mar'), {
      files: { 'logged.py': HANDLER },
      manifest: manifestOf({ modelName: 'logged', handler: 'logged.py' }),
    });
    const ask = async (url: string) => {
      for (let request = 0; request < 3; request++)
        await fetch(`${url}/predictions/logged`, { method: 'POST', body: 'x' });
      await fetch(`${url}/predictions/nobody?x=1`);
      // Metrics are written after the answer.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    };

    const theirs = await startTorchServe(python, store, folder, { properties: PROPERTIES, models: ['logged.mar'] });
    onTestFinished(() => theirs.stop());
    await ask(theirs.url);
    await theirs.stop();
    const lines = Object.entries(PROPERTIES).map(([key, value]) => `${key}=${value}\n`);
    await writeFile(join(folder, 'ours.properties'), lines.join(''));
    const ours = join(folder, 'ours');
    const env = { ...process.env, LOG_LOCATION: ours, METRICS_LOCATION: ours };
    const handle = await serve(
      { logFiles: true, modelStore: store, models: ['logged.mar'], python, port: 0, tsConfig: 'ours.properties' },
      createContext(folder, { env }),
    );
    onTestFinished(() => handle.close());
    await ask(handle.urls.inference);
    await handle.close();

    const [expected, found] = [await shapes(join(theirs.home, 'logs')), await shapes(ours)];
    expect(expected.access_log?.length).toBe(2);
    expect(found).toEqual(expected);
  });
});
