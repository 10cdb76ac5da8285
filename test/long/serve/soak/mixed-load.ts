import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { runGrpcLoad } from './grpc-load.ts';
import { count, repeat, type Step, type Target } from './target.ts';

/** Everything at once, over HTTP and gRPC, until the time is over. */
export async function runMixedLoad(target: Target): Promise<void> {
  const clients = Array.from({ length: 6 }, (_, index) => repeat(target, steadyRequests, index));
  await Promise.all([
    ...clients,
    repeat(target, victimRequests, 0),
    repeat(target, departures, 0),
    repeat(target, readings, 0),
    repeat(target, [guest], 0),
    repeat(target, [kill], 0),
    runGrpcLoad(target),
  ]);
}

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Exclude<ConstructorParameters<typeof Response>[0], null>;
  readonly signal?: AbortSignal;
}

/** The built-in `fetch` keeps connections that nobody can close. */
async function send({ url, agent }: Target, path: string, call: Call): Promise<{ status: number; answer: string }> {
  const { method = 'GET', headers, body, signal } = call;
  const encoded = new Response(body ?? null);
  const type = encoded.headers.get('content-type');
  const typed = type === null || type.startsWith('text/plain') ? headers : { 'Content-Type': type, ...headers };
  const outgoing = request(`${url}${path}`, { agent, method, headers: { ...typed }, ...(signal && { signal }) });
  outgoing.end(Buffer.from(await encoded.arrayBuffer()));
  const [incoming] = await once(outgoing, 'response');
  return { status: incoming.statusCode, answer: await text(incoming) };
}

async function ask(target: Target, path: string, wanted: readonly number[], call: Call = {}): Promise<string> {
  const { status, answer } = await send(target, path, call);
  if (!wanted.includes(status)) target.wrong.push(`${path}: ${status} ${answer.slice(0, 300)}`);
  return answer;
}

/** A prediction by the handler that is called `kind` in `kinds.mjs`. */
function prediction(kind: string, wanted: number, toBody: () => Pick<Call, 'body' | 'headers'>): Step {
  return async (target) => {
    const { headers, ...body } = toBody();
    await ask(target, '/predictions/steady', [wanted], {
      method: 'POST',
      headers: { 'X-Kind': kind, ...headers },
      ...body,
    });
    count(target, 'predictions');
  };
}

const raw = () => ({ body: 'some bytes' });
const large = Buffer.alloc(1_000_000, 7);
const form = () => {
  const body = new FormData();
  body.set('data', new Blob([new Uint8Array(10_000)]), 'picture.png');
  body.set('text', 'words');
  return { body };
};

/** All kinds of bodies and answers, on a worker that is left in peace. */
const steadyRequests: readonly Step[] = [
  prediction('dict', 200, raw),
  prediction('echo', 200, () => ({ body: '{"a": [1, 2]}', headers: { 'Content-Type': 'application/json' } })),
  prediction('str', 200, form),
  prediction('list', 200, () => ({ body: new URLSearchParams({ data: 'x', text: 'y' }) })),
  prediction('echo', 200, () => ({ body: large })),
  prediction('big', 200, raw),
  prediction('code', 418, raw),
  prediction('raise', 503, raw),
  async (target) => {
    await ask(target, '/predictions/nobody', [404], { method: 'POST', body: 'x' });
    count(target, 'unknown models');
  },
];

/** Predictions whose worker may be killed under them, or be on its way back. */
const victimRequests: readonly Step[] = [
  async (target) => {
    const call = { method: 'POST', headers: { 'X-Kind': 'brief' }, body: 'x' };
    await ask(target, '/predictions/victim', [200, 500, 503], call);
    count(target, 'predictions of the victim');
  },
];

/** Clients that go away: while they wait, while they wait in the queue, and in the middle of what they send. */
const departures: readonly Step[] = [
  async (target) => {
    const call = { method: 'POST', headers: { 'X-Kind': 'slow' }, body: 'x', signal: AbortSignal.timeout(20) };
    await send(target, '/predictions/steady', call).catch(() => {});
    count(target, 'departures');
  },
  async (target) => {
    const { hostname, port } = new URL(target.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /predictions/steady HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`,
    );
    await sleep(20);
    socket.destroy();
    count(target, 'departures');
  },
  () => sleep(1_000),
];

const readings: readonly Step[] = [
  ...['/metrics', '/models', '/models/steady/all', '/models/victim', '/models/steady?customized=true', '/ping'].map(
    (path): Step =>
      async (target) => {
        await ask(target, path, path === '/ping' ? [200, 500] : [200]);
        count(target, 'readings');
      },
  ),
  async (target) => {
    await ask(target, '/', [200], { method: 'OPTIONS' });
    count(target, 'readings');
  },
  () => sleep(100),
];

/** A model comes, answers, has two workers, then one, and goes; each time under another name. */
async function guest(target: Target): Promise<void> {
  const name = `guest${target.done.get('guests') ?? 0}`;
  await ask(target, `/models?url=guest-1.0.mar&model_name=${name}&initial_workers=1`, [200], { method: 'POST' });
  await ask(target, `/predictions/${name}`, [200], { method: 'POST', headers: { 'X-Kind': 'str' }, body: 'x' });
  await ask(target, `/models/${name}?min_worker=2&synchronous=true`, [200], { method: 'PUT' });
  await ask(target, `/models/${name}?min_worker=1&synchronous=true`, [200], { method: 'PUT' });
  await ask(target, `/models/${name}`, [200], { method: 'DELETE' });
  count(target, 'guests');
}

async function kill(target: Target): Promise<void> {
  const [{ workers }] = JSON.parse(await ask(target, '/models/victim', [200]));
  const [{ pid, status }] = workers;
  if (status === 'READY' && pid > 0 && process.kill(pid, 'SIGKILL')) count(target, 'kills');
  await sleep(1_500);
}
