import { expect, test } from 'vitest';
import { makeModel, startServer } from './serving.ts';

const SECONDS = 3;
const CLIENTS = 8;
/** What a client may hear that meets others at the same model. */
const expected = new Set([200, 202, 404, 409, 503]);

test('concurrent register, scale, predict and unregister of one name never end in a server error', async () => {
  const server = await startServer([], { enableModelApi: true });
  await makeModel(server.folder);
  const url = server.handle.urls.management;
  const actions = [
    () => fetch(`${url}/models?url=kinds-1.0.mar&initial_workers=1`, { method: 'POST' }),
    () => fetch(`${url}/models/kinds?min_worker=2&synchronous=true`, { method: 'PUT' }),
    () => fetch(`${url}/models/kinds?min_worker=1`, { method: 'PUT' }),
    () => server.predict('kinds', 'str'),
    () => server.predict('kinds', 'str'),
    () => fetch(`${url}/models/kinds`),
    () => fetch(`${url}/models/kinds`, { method: 'DELETE' }),
  ];
  const until = performance.now() + SECONDS * 1000;
  const surprises: string[] = [];
  const client = async (start: number) => {
    for (let turn = start; performance.now() < until; turn += 1 + (start % 3)) {
      const response = await (actions[turn % actions.length] as () => Promise<Response>)();
      const text = await response.text();
      if (!expected.has(response.status)) surprises.push(`${turn % actions.length}: ${response.status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  expect(surprises).toEqual([]);
  // What is left is a model like any other, or none.
  await fetch(`${url}/models/kinds`, { method: 'DELETE' });
  expect((await server.get('/models/kinds')).status).toBe(404);
  expect((await fetch(`${url}/models?url=kinds-1.0.mar&initial_workers=1`, { method: 'POST' })).status).toBe(200);
  expect(await (await server.predict('kinds', 'str')).text()).toBe('hello');
});
