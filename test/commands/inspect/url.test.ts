import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  encodeCentralHeader,
  encodeEnd,
  encodeLocalHeader,
  type MemberHeader,
  toDosTime,
} from '../../../src/archive/zip/encode.ts';
import { inspect } from '../../../src/commands/inspect/inspect.ts';
import { testContext } from '../../support/context.ts';
import { makeMar, manifestOf } from '../../support/make-mar.ts';
import { runCli } from '../../support/run-cli.ts';
import { rangeListener, serveHttp } from '../../support/serve-file.ts';
import { tempTree } from '../../support/temp-tree.ts';

const GIB = 1024 ** 3;

/** A stored safetensors file of 1 GiB and the manifest, written sparsely: the zeros take no room on the disk. */
async function writeLargeArchive(path: string): Promise<void> {
  const header = JSON.stringify({ weight: { dtype: 'F32', shape: [GIB / 4], data_offsets: [0, GIB] } }).padEnd(256);
  const head = Buffer.alloc(8 + header.length);
  head.writeBigUInt64LE(BigInt(header.length));
  head.write(header, 8);
  const manifest = Buffer.from(JSON.stringify(manifestOf({ serializedFile: 'model.safetensors' })));
  const time = toDosTime(new Date(Date.UTC(2020, 0, 1)));
  const common = { mode: 0o644, method: 'stored', crc32: 0, wide: false } as const;
  const weights = head.length + GIB;
  const first: MemberHeader = {
    ...common,
    path: 'model.safetensors',
    size: weights,
    packedSize: weights,
    headerOffset: 0,
  };
  const firstHeader = encodeLocalHeader(first, time);
  const second: MemberHeader = {
    ...common,
    path: 'MAR-INF/MANIFEST.json',
    size: manifest.length,
    packedSize: manifest.length,
    headerOffset: firstHeader.length + weights,
  };
  const tail = Buffer.concat([encodeLocalHeader(second, time), manifest]);
  const directory = Buffer.concat([encodeCentralHeader(first, time), encodeCentralHeader(second, time)]);
  const directoryOffset = second.headerOffset + tail.length;
  const file = await open(path, 'w');
  await file.write(Buffer.concat([firstHeader, head]), 0, undefined, 0);
  const end = encodeEnd(2, directoryOffset, directory.length);
  await file.write(Buffer.concat([tail, directory, end]), 0, undefined, second.headerOffset);
  await file.close();
}

test('an archive of 1 GiB behind a URL needs a few requests and a few hundred kB', async () => {
  const folder = await tempTree();
  await writeLargeArchive(join(folder, 'large.mar'));
  const traffic = { requests: 0, bytes: 0 };
  const url = `${await serveHttp(rangeListener(join(folder, 'large.mar'), traffic))}/store/large.mar`;
  const result = await inspect({ path: url }, testContext(folder));
  expect(result).toMatchObject({ path: url, format: 'zip', parameters: GIB / 4, findings: [] });
  expect(result.manifest.status).toBe('ok');
  expect(traffic.requests).toBeLessThanOrEqual(6);
  expect(traffic.bytes).toBeLessThan(400_000);
});

test('an archive behind a URL is shown as the file is, digests included', async () => {
  const folder = await tempTree();
  const path = join(folder, 'm.mar');
  const files = { 'model.onnx': await readFile(new URL('../../../templates/digits/digits.onnx', import.meta.url)) };
  await makeMar(path, { files, manifest: manifestOf({ serializedFile: 'model.onnx', handler: 'image_classifier' }) });
  const url = `${await serveHttp(rangeListener(path, { requests: 0, bytes: 0 }))}/m.mar`;
  const context = testContext(folder);
  const [local, remote] = await Promise.all(
    [path, url].map((place) => inspect({ path: place, digest: true }, context)),
  );
  expect({ ...remote, path }).toEqual(local);
});

test('a weights file behind a URL is shown, also with a query in the URL', async () => {
  const path = new URL('../../../templates/digits/digits.onnx', import.meta.url).pathname;
  const url = `${await serveHttp(rangeListener(path, { requests: 0, bytes: 0 }))}/models/digits.onnx?signature=x`;
  const result = await inspect({ path: url }, testContext('/'));
  expect(result).toMatchObject({ format: 'file', weights: [{ member: 'digits.onnx', detected: 'onnx' }] });
});

test('mar inspect of a URL without range support: exit 3 and the next step', async () => {
  const origin = await serveHttp((_, response) => response.end('whole'));
  const { code, stderr } = await runCli('mar', ['inspect', `${origin}/m.mar`]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/HTTP_NO_RANGES .*\/m\.mar[\s\S]*Download the file/);
});
