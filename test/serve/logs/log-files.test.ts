import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ServeOptions, serve } from '../../../src/commands/serve/serve.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { startServer } from '../serving.ts';

const CODE = `export default {
  initialize() { console.log('on stdout'); console.error('on stderr'); },
  handle(rows, context) { context.addCounter('Seen', 1); context.addTime('Step', 2.5); return rows.map(() => 'ok'); },
};`;

async function served(options: ServeOptions, env: Readonly<Record<string, string>> = {}, properties = '') {
  const files = { 'config.properties': properties, 'log4j2.xml': '<File name="a" fileName="own/access_log.log"/>' };
  const server = await startServer([{ name: 'm', code: CODE }], options, files, env);
  for (let request = 0; request < 3; request++) await server.predict('m', '');
  await server.get('/nowhere');
  // The metrics of a worker come in groups.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await server.handle.close();
  const read = (name: string, folder = 'logs') => readFile(join(server.folder, folder, `${name}.log`), 'utf8');
  return { ...server, read };
}

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3}`;
const count = (text: string, pattern: string) => [...text.matchAll(new RegExp(pattern, 'gm'))].length;

test('--log-files: each line is in its file as TorchServe writes it, and in ts_log with its logger', async () => {
  const { read } = await served({ logFiles: true });
  const [access, log, model, metrics, handlers] = await Promise.all(
    ['access_log', 'ts_log', 'model_log', 'ts_metrics', 'model_metrics'].map((name) => read(name)),
  );
  const request = String.raw`/127\.0\.0\.1:\d+ "POST /predictions/m HTTP/1\.1" 200 \d+`;
  expect(count(access ?? '', `^${STAMP} - ${request}$`)).toBe(3);
  expect(access).toMatch(/ - \/127\.0\.0\.1:\d+ "GET \/nowhere HTTP\/1\.1" 404 \d+\n$/);
  expect(count(model ?? '', `^${STAMP} \\[INFO \\] W-9000-m_1\\.0-stdout MODEL_LOG - on stdout$`)).toBe(1);
  expect(count(model ?? '', `^${STAMP} \\[WARN \\] W-9000-m_1\\.0-stderr MODEL_LOG - on stderr$`)).toBe(1);
  const host = String.raw`\|#hostname:[^,]+`;
  expect(count(metrics ?? '', `^${STAMP} - Requests2XX\\.Count:1\\.0\\|#Level:Host${host},timestamp:\\d{10}$`)).toBe(3);
  expect(count(metrics ?? '', 'ts_inference_requests_total')).toBe(3);
  expect(count(metrics ?? '', 'WorkerLoadTime.*WorkerName:W-9000-m_1.0,Level:Host')).toBe(1);
  expect(count(metrics ?? '', 'CPUUtilization')).toBe(1);
  const measured = `\\|#ModelName:m,Level:Model${host},requestID:[-0-9a-f]{36},timestamp:\\d{10}$`;
  // A gauge too is there for every request, not the latest alone.
  for (const one of ['Seen.Count:1.0', 'Step.Milliseconds:2.5', 'PredictionTime.ms:.*'])
    expect(count(handlers ?? '', `^${STAMP} - ${one}${measured}`), one).toBe(3);
  for (const logger of ['ACCESS_LOG', 'MODEL_LOG', 'TS_METRICS', 'MODEL_METRICS', 'mar.serve'])
    expect(count(log ?? '', `^${STAMP} \\[(INFO|WARN) \\] \\S+ ${logger} - `), logger).toBeGreaterThan(0);
});

test('LOG_LOCATION and METRICS_LOCATION set the folders', async () => {
  const { folder } = await served({ logFiles: true }, { LOG_LOCATION: 'a/b', METRICS_LOCATION: 'c' });
  expect(await readdir(join(folder, 'a/b'))).toEqual(['access_log.log', 'model_log.log', 'ts_log.log']);
  expect(await readdir(join(folder, 'c'))).toEqual(['model_metrics.log', 'ts_metrics.log']);
});

test.each([
  ['prometheus', '', ''],
  ['log', 'QueueTime ts_queue_latency_microseconds', 'Seen'],
  ['legacy', 'QueueTime', 'Seen'],
])('metrics_mode=%s decides which metrics are in the files', async (mode, server, handlers) => {
  const { read } = await served({ logFiles: true, tsConfig: 'config.properties' }, {}, `metrics_mode=${mode}\n`);
  const text = await read('ts_metrics');
  const found = ['QueueTime', 'ts_queue_latency_microseconds'].filter((name) => text.includes(name));
  expect(found.join(' ')).toBe(server);
  expect((await read('model_metrics')).includes('Seen')).toBe(handlers === 'Seen');
});

test('disable_system_metrics keeps machine metrics out of the file, metric_time_interval sets how often they are read', async () => {
  const off = await served({ logFiles: true, tsConfig: 'config.properties' }, {}, 'disable_system_metrics=true\n');
  expect(await off.read('ts_metrics')).not.toContain('CPUUtilization');
  const often = await startServer([], { logFiles: true }, { 'config.properties': 'metric_time_interval=1\n' });
  const metrics = () => readFile(join(often.folder, 'logs/ts_metrics.log'), 'utf8');
  await expect.poll(async () => count(await metrics(), 'CPUUtilization'), { timeout: 10_000 }).toBeGreaterThan(2);
});

test('--log-config: the files it names are written at its paths, and no others', async () => {
  const { folder, read } = await served({ logConfig: 'log4j2.xml' });
  expect(await read('access_log', 'own')).toContain('"POST /predictions/m HTTP/1.1" 200');
  expect(await readdir(folder)).not.toContain('logs');
  const console = await startServer([], { logConfig: 'c.xml' }, { 'c.xml': '<Console name="STDOUT"/>' });
  expect(console.context.messages().join('\n')).toMatch(/c\.xml names none of TorchServe's log files/);
  await expect(startServer([], { logConfig: 'none.xml' })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('without the flags no log file is written', async () => {
  const { folder } = await served({});
  expect(await readdir(folder)).not.toContain('logs');
});

test('a path that cannot be written stops the start, with the next step', async () => {
  const start = startServer([], { logFiles: true }, { closed: 'a file' }, { METRICS_LOCATION: 'closed' });
  await expect(start).rejects.toMatchObject({
    code: 'LOG_UNWRITABLE',
    message: expect.stringMatching(/ts_metrics\.log cannot be written: /),
    hint: expect.stringContaining('METRICS_LOCATION'),
  });
});

test('an error that stops the start is in ts_log too', async () => {
  const folder = await tempTree();
  await expect(serve({ logFiles: true, archives: ['none.mar'], port: 0 }, testContext(folder))).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
  expect(await readFile(join(folder, 'logs/ts_log.log'), 'utf8')).toMatch(/\[ERROR\] main mar\.serve - .*none\.mar/);
});
