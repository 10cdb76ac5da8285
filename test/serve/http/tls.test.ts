import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectSecurely } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../../src/commands/serve/serve.ts';
import { makeCertificate, openssl } from '../../support/certificate.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { findTool, runTool } from '../../support/tools.ts';
import { makeGate, makeModel, startServer } from '../serving.ts';

const onlyHttps = { status: 'This TorchServe instance only accepts HTTPS requests' };

const asBytes = ['-H', 'Content-Type: application/octet-stream'];

/** A server over https with a certificate of its own, and curl that trusts that one alone. */
async function startSecure() {
  const folder = await tempTree();
  const { key, cert } = await makeCertificate(folder);
  const server = await startServer([{}], { tlsKey: key, tlsCert: cert });
  const curl = (...args: readonly string[]) => runTool('curl', ['--silent', '--show-error', '--cacert', cert, ...args]);
  return { ...server, url: server.handle.urls.inference, cert, curl };
}

test('curl that trusts the certificate gets predictions over https, with keep-alive and HTTP/1.1', async () => {
  const { url, curl } = await startSecure();
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const predict = [`${url}/predictions/kinds`, '-H', 'X-Kind: str', '-d', 'x'];
  expect((await curl(...predict)).stdout).toBe('hello');
  const version = await curl(...predict, '-o', '/dev/null', '-w', '%{http_version} %{ssl_verify_result}');
  expect(version.stdout).toBe('1.1 0');
  const twice = await curl(`${url}/ping`, `${url}/ping`, '-w', '%{num_connects}\n');
  expect(twice.stdout.match(/^\d$/gm)).toEqual(['1', '0']);
});

test('a body at the limit passes TLS whole, in both directions', async () => {
  const { url, curl, folder } = await startSecure();
  const body = Buffer.alloc(6_000_000, 'abcdefgh');
  await writeFile(join(folder, 'body.bin'), body);
  const { stdout } = await curl(
    `${url}/predictions/kinds`,
    '-H',
    'X-Kind: brief',
    ...asBytes,
    '--data-binary',
    `@${join(folder, 'body.bin')}`,
  );
  expect(stdout.length).toBe(body.length);
  expect(stdout).toBe(body.toString());
});

test('plain HTTP on a TLS port is answered with 403 in upstream’s words', async () => {
  const { url } = await startSecure();
  const response = await fetch(`${url.replace('https', 'http')}/ping`);
  expect([response.status, await response.json()]).toEqual([403, onlyHttps]);
  const posted = await fetch(`${url.replace('https', 'http')}/predictions/kinds`, {
    method: 'POST',
    body: Buffer.alloc(500_000),
  });
  expect([posted.status, await posted.json()]).toEqual([403, onlyHttps]);
});

test('bytes that are neither TLS nor HTTP, a broken handshake and a client that only connects do no harm', async () => {
  const { url, curl } = await startSecure();
  const { port } = new URL(url);
  const garbage = [Buffer.from([0]), Buffer.from([0x16, 3, 1, 0, 4, 1, 2, 3, 4]), Buffer.from([0x16]), Buffer.alloc(0)];
  for (const bytes of garbage) {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }
  const wrong = connectSecurely({ port: Number(port), host: '127.0.0.1', maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
  wrong.on('error', () => {});
  expect((await curl(`${url}/ping`)).stdout).toContain('Healthy');
});

test.each([
  ['TLSv1.3', {}],
  ['TLSv1.2', { maxVersion: 'TLSv1.2' }],
] as const)('%s is spoken', async (protocol, limits) => {
  const { url } = await startSecure();
  const { hostname: host, port } = new URL(url);
  const socket = connectSecurely({ port: Number(port), host, rejectUnauthorized: false, ...limits });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  expect(socket.getProtocol()).toBe(protocol);
});

test('a closing server ends connections without a handshake, and finishes the secure ones', async () => {
  const { url, curl, handle } = await startSecure();
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  const half = connect(Number(new URL(url).port), '127.0.0.1', () => half.write(Buffer.from([0x16])));
  const gone = Promise.all([idle, half].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  for (const socket of [idle, half]) socket.on('error', () => {});
  const gate = await makeGate();
  const running = curl(`${url}/predictions/kinds`, '-H', 'X-Kind: gated', ...asBytes, '-d', gate.path);
  await gate.begun();
  const closing = handle.close();
  await gone;
  await gate.open();
  await closing;
  expect((await running).stdout).toBe('let through');
});

test('the OpenAPI document and the page are served over https as over http', async () => {
  const { url, curl } = await startSecure();
  expect(JSON.parse((await curl('-X', 'OPTIONS', url)).stdout)).toMatchObject({ openapi: '3.0.1' });
  expect((await curl('-H', 'Accept: text/html', url)).stdout).toContain('location.origin');
  // A certificate that nobody vouches for has to be named to curl.
  expect(JSON.parse((await curl(`${url}/playground/models`)).stdout).curlFlags).toEqual(['--cacert', 'server.pem']);
});

test('a PKCS12 keystore works as in TorchServe, with its default password and another', async () => {
  for (const [password, lines] of [
    ['changeit', ''],
    ['other', 'keystore_pass=other\nkeystore_type=PKCS12\n'],
  ] as const) {
    const folder = await tempTree();
    const { key, cert } = await makeCertificate(folder);
    const store = join(folder, 'keystore.p12');
    await openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', store, '-passout', `pass:${password}`);
    await makeModel(folder);
    const config = `inference_address=https://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\nmetrics_address=https://127.0.0.1:0\nkeystore=keystore.p12\n${lines}`;
    await writeFile(join(folder, 'config.properties'), config);
    const handle = await serve({ archives: ['kinds-1.0.mar'] }, testContext(folder));
    onTestFinished(() => handle.close());
    const trusting = ['--silent', '--cacert', cert];
    expect((await runTool('curl', [...trusting, `${handle.urls.inference}/ping`])).stdout).toContain('Healthy');
    expect((await runTool('curl', [...trusting, `${handle.urls.metrics}/metrics`])).stdout).toContain('# HELP');
    expect((await fetch(`${handle.urls.management}/models`)).status).toBe(200);
    await handle.close();
  }
});

test('https without a certificate gets a generated one, with a notice', async () => {
  const folder = await tempTree();
  const context = testContext(folder, { now: () => new Date() });
  const handle = await serve({ port: 0, tlsKey: undefined, inferenceAddress: 'https://127.0.0.1:0' }, context);
  onTestFinished(() => handle.close());
  const ping = await runTool('curl', ['--silent', '--insecure', `${handle.urls.inference}/ping`]);
  expect(ping.stdout).toContain('Healthy');
  expect((await runTool('curl', ['--silent', `${handle.urls.inference}/ping`])).exitCode).toBe(60);
  expect(context.messages().join('\n')).toMatch(
    /https:\/\/127\.0\.0\.1:0 has no certificate; a self-signed one was generated/,
  );
});

test('key and certificate without an https address are reported, not ignored', async () => {
  const folder = await tempTree();
  const { key, cert } = await makeCertificate(folder);
  const context = testContext(folder);
  const addresses = { inferenceAddress: 'http://127.0.0.1:0', managementAddress: 'http://127.0.0.1:0' };
  const options = { ...addresses, metricsAddress: 'http://127.0.0.1:0', tlsKey: key, tlsCert: cert };
  const handle = await serve(options, context);
  onTestFinished(() => handle.close());
  expect(context.messages()).toContain('No address starts with https://: the key and the certificate are not used.');
});

test.runIf(findTool('keytool') !== undefined)('keytool’s own PKCS12 keystores are read', async () => {
  const folder = await tempTree();
  const store = join(folder, 'java.p12');
  const names = ['-alias', 'ts', '-dname', 'CN=localhost', '-ext', 'SAN=IP:127.0.0.1', '-keyalg', 'RSA'];
  const made = await runTool('keytool', ['-genkeypair', ...names, '-keystore', store, '-storepass', 'changeit']);
  expect(made.exitCode).toBe(0);
  const text = `inference_address=https://127.0.0.1:0\nkeystore=${store}\n`;
  await writeFile(join(folder, 'config.properties'), text);
  const handle = await serve(
    { managementAddress: 'http://127.0.0.1:0', metricsAddress: 'unix:m.sock' },
    testContext(folder),
  );
  onTestFinished(() => handle.close());
  const ping = await runTool('curl', ['--silent', '--insecure', `${handle.urls.inference}/ping`]);
  expect(ping.stdout).toContain('Healthy');
});
