import { lookup } from 'node:dns/promises';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startServer } from '../serving.ts';

function statusOf(host: string, port: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host, port, path: '/ping', agent: false }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

test('"localhost" is served at every address of that name', async () => {
  const { handle } = await startServer([], { port: undefined, inferenceAddress: 'http://localhost:0' });
  const { port } = new URL(handle.urls.inference);
  for (const { address } of await lookup('localhost', { all: true }))
    expect([address, await statusOf(address, port)]).toEqual([address, 200]);
});
