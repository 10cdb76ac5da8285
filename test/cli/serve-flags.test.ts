import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeModel } from '../serve/serving.ts';
import { makeCertificate } from '../support/certificate.ts';
import { runCli } from '../support/run-cli.ts';
import { tempTree } from '../support/temp-tree.ts';

/** Long lines are wrapped to the terminal. */
const runServe = async (cwd: string, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await runCli('mar', ['serve', ...args], { cwd });
  return { code, stdout, stderr: stderr.replace(/\s+/g, ' ') };
};

const printConfig = async (cwd: string, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await runCli('mar', ['serve', ...args, '--print-config', '--json'], { cwd });
  expect([code, stderr.match(/UNEXPECTED/)]).toEqual([0, null]);
  const { values } = JSON.parse(stdout) as { values: { key: string; value: unknown; origin: string }[] };
  return (key: string) => {
    const found = values.find((one) => one.key === key);
    return [found?.value, found?.origin];
  };
};

test('--tls-key and --tls-cert make the default addresses https, also with --port', async () => {
  const cwd = await tempTree();
  const tls = ['--tls-key', 'k.pem', '--tls-cert', 'c.pem'];
  const plain = await printConfig(cwd, ...tls);
  expect(plain('inference_address')).toEqual(['https://127.0.0.1:8080', 'command line']);
  expect(plain('private_key_file')).toEqual(['k.pem', 'command line']);
  expect((await printConfig(cwd, ...tls, '--port', '9'))('metrics_address')[0]).toBe('https://127.0.0.1:9');
  await writeFile(join(cwd, 'config.properties'), 'management_address=http://127.0.0.1:1\n');
  const mixed = await printConfig(cwd, ...tls, '--inference-address', 'http://0.0.0.0:5');
  expect(['inference_address', 'management_address', 'metrics_address'].map((key) => mixed(key)[0])).toEqual([
    'http://0.0.0.0:5',
    'http://127.0.0.1:1',
    'https://127.0.0.1:8082',
  ]);
});

test('config.properties of the folder is read and named; --ts-config and TS_CONFIG_FILE override it', async () => {
  const cwd = await tempTree({ 'config.properties': 'job_queue_size=5\n', 'mine.properties': 'job_queue_size=6\n' });
  const path = join(cwd, 'config.properties');
  expect((await printConfig(cwd))('job_queue_size')).toEqual([5, path]);
  expect((await printConfig(cwd, '--ts-config', 'mine.properties'))('job_queue_size')[0]).toBe(6);
  const { stderr } = await runServe(cwd, '--print-config');
  expect(stderr).toContain(`Settings are read from ${path}, as in TorchServe.`);
});

test('flags of torchserve are understood, or reported as without effect', async () => {
  const cwd = await tempTree();
  await makeModel(cwd);
  const said = ['--start', '--foreground', '--ncs', '--no-config-snapshots', '--dt', '--disable-token-auth'];
  const silent = await runServe(cwd, ...said, '--enable-model-api', '--print-config');
  expect([silent.code, silent.stderr]).toEqual([0, '']);
  const inert = ['--cpp-log-config', 'x', '--ppath', 'plugins'];
  const loud = await runServe(cwd, ...inert, '--model-store', 'gone');
  expect(loud.stderr).toContain(
    'Flags that have no effect here: --cpp-log-config (there are no C++ workers); --plugins-path (plugins are Java).',
  );
  expect(loud.code).toBe(3);
  expect(loud.stderr).toContain(`FILE_NOT_FOUND No folder of the model store at ${join(cwd, 'gone')}.`);
  const stopped = await runServe(cwd, '--stop');
  expect(stopped.code).toBe(2);
  expect(stopped.stderr).toContain('the server runs in the foreground: end it with Ctrl-C or SIGTERM');
});

test.each([
  [['--model-store', 'gone', '--models', 'all'], 'No folder of the model store'],
  [['--workflow-store', 'file', '--workflows', 'all'], 'No folder of the workflow store'],
  [['--tls-key', 'gone.key', '--tls-cert', 'gone.pem'], 'No private key'],
  [['--tls-cert', 'gone.pem'], 'a certificate without its key'],
])('serve %j ends with 3 and names what is missing', async (args, message) => {
  const cwd = await tempTree({ file: '' });
  const { code, stdout, stderr } = await runServe(cwd, ...args);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain(message);
});

test('a key that does not match the certificate keeps the server from starting', async () => {
  const cwd = await tempTree();
  const [{ key }, { cert }] = [await makeCertificate(cwd), await makeCertificate(cwd, 'other')];
  const { code, stderr } = await runServe(cwd, '--tls-key', key, '--tls-cert', cert);
  expect(code).toBe(3);
  expect(stderr).toContain(`${cert} cannot be used for TLS: it is not the certificate of ${key}.`);
});
