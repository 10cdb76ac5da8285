import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkPorts, checkTemporaryFolder } from '../../../src/commands/doctor/check-machine.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('a port that is taken is named, with another to choose', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await checkPorts([port])).toMatchObject({
    status: 'absent',
    found: `${port} is taken`,
    remedy: expect.stringContaining('--port'),
  });
  await new Promise((resolve) => server.close(resolve));
  expect(await checkPorts([port])).toMatchObject({ status: 'good' });
});

test('a temporary folder that is none is bad', async () => {
  const root = await tempTree({ file: '' });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = join(root, 'file');
  onTestFinished(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  expect(await checkTemporaryFolder()).toMatchObject({
    status: 'bad',
    found: expect.stringContaining('ENOTDIR'),
    remedy: expect.stringContaining('TMPDIR'),
  });
});
