import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startClients } from './chaos.ts';
import { makeModel, startServer } from './serving.ts';

/** Answers with its own version, after a moment: some request is always at hand when something changes. */
const code = (version: string) => `
export default {
  async handle(rows) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return rows.map(() => '${version}');
  },
};`;

test('hot swaps under load: every request is answered, by the old version or the new one', async () => {
  const server = await startServer([{ name: 'swapped', version: '1.0', code: code('1.0') }], { enableModelApi: true });
  const { inference } = server.handle.urls;
  const manage = async (method: string, path: string) => {
    const response = await fetch(`${inference}${path}`, { method });
    expect([path, response.status, await response.text()]).toEqual([path, 200, expect.any(String)]);
  };
  const { seen, failures, stop } = startClients(`${inference}/predictions/swapped`);

  let last = '1.0';
  for (const version of ['2.0', '3.0']) {
    await makeModel(server.folder, { name: 'swapped', version, code: code(version) });
    await manage('POST', `/models?url=${join(server.folder, `swapped-${version}.mar`)}&initial_workers=1`);
    await manage('PUT', `/models/swapped/${version}?min_worker=2&synchronous=true`);
    await manage('PUT', `/models/swapped/${version}/set-default`);
    await manage('DELETE', `/models/swapped/${last}`);
    await manage('PUT', `/models/swapped?min_worker=1&synchronous=true`);
    last = version;
  }
  const answered = seen.get('3.0') ?? 0;
  await expect.poll(() => seen.get('3.0') ?? 0).toBeGreaterThan(answered);
  await stop();
  expect(failures).toEqual([]);
  expect([...seen.keys()].sort()).toEqual(['1.0', '2.0', '3.0']);
});
