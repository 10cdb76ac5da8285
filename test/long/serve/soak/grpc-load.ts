import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GrpcClient, grpcClient, type serviceNames, statusOf } from '../../../support/grpc-client.ts';
import { connectHttp2, PREDICTIONS } from '../../../support/http2-client.ts';
import { count, repeat, type Step, type Target } from './target.ts';

/** What `runMixedLoad` does over HTTP, over gRPC: two connections that stay, and others that come and go. */
export async function runGrpcLoad(target: Target): Promise<void> {
  const plain = openClients(target, 0);
  const compressed = openClients(target, GZIP);
  await Promise.all([
    repeat(target, requests(plain), 0),
    repeat(target, requests(compressed), 3),
    repeat(target, readings(plain), 0),
    repeat(target, departures(plain), 0),
  ]);
  for (const { client } of [...Object.values(plain), ...Object.values(compressed)]) client.close();
}

/** Of `grpc.default_compression_algorithm`. */
const GZIP = 2;

type Clients = Readonly<Record<keyof typeof serviceNames, GrpcClient>>;

function openClients({ grpc }: Target, compression: number): Clients {
  const options = { 'grpc.use_local_subchannel_pool': 1, 'grpc.default_compression_algorithm': compression };
  const open = (service: keyof Clients) => grpcClient(grpc, service, undefined, options);
  return {
    inference: open('inference'),
    management: open('management'),
    openInference: open('openInference'),
    health: open('health'),
  };
}

function ask(client: GrpcClient, what: string, wanted: string, method: string, request: object = {}): Step {
  return async (target) => {
    const [code, details] = await statusOf(client.call(method, request));
    if (code !== wanted) target.wrong.push(`${method}: ${code} ${details.slice(0, 300)}`);
    count(target, `${what} over gRPC`);
  };
}

const large = Buffer.alloc(1_000_000, 7);
const steady = (kind: string, body = Buffer.from('some bytes')) => ({
  model_name: 'steady',
  input: { kind: Buffer.from(kind), body },
});

function requests({ inference, openInference }: Clients): readonly Step[] {
  const prediction = (wanted: string, request: object) => ask(inference, 'predictions', wanted, 'Predictions', request);
  return [
    prediction('OK', steady('dict')),
    prediction('OK', steady('echo')),
    prediction('OK', steady('echo', large)),
    prediction('OK', steady('big')),
    prediction('OK', steady('code')),
    prediction('UNAVAILABLE', steady('raise')),
    prediction('INTERNAL', { model_name: 'nobody' }),
    ask(openInference, 'predictions', 'NOT_FOUND', 'ModelInfer', { model_name: 'nobody' }),
    async (target) => {
      const stream = inference.stream('StreamPredictions', steady('str'));
      const answers: string[] = [];
      stream.on('data', ({ prediction: bytes }) => answers.push(String(bytes)));
      await once(stream, 'end');
      if (answers.join() !== 'hello') target.wrong.push(`StreamPredictions: ${answers.join()}`);
      count(target, 'streams over gRPC');
    },
  ];
}

function readings({ inference, management, openInference, health }: Clients): readonly Step[] {
  const read = (client: GrpcClient, method: string, request?: object) => ask(client, 'readings', 'OK', method, request);
  return [
    read(inference, 'Ping'),
    read(management, 'ListModels'),
    read(management, 'DescribeModel', { model_name: 'steady' }),
    read(openInference, 'ServerLive'),
    read(openInference, 'ModelReady', { name: 'steady' }),
    read(health, 'Check', { service: 'grpc.health.v1.Health' }),
    async (target) => {
      const watching = health.stream('Watch');
      await once(watching, 'data');
      watching.on('error', () => {}).cancel();
      count(target, 'readings over gRPC');
    },
    () => sleep(100),
  ];
}

/** Clients that go away: while they wait, after their deadline, and in the middle of what they send. */
function departures({ inference }: Clients): readonly Step[] {
  return [
    async (target) => {
      const call = inference.begin('Predictions', steady('slow'), () => {});
      await sleep(20);
      call.cancel();
      count(target, 'departures over gRPC');
    },
    async (target) => {
      await statusOf(inference.call('Predictions', steady('slow'), { deadline: Date.now() + 20 }));
      count(target, 'departures over gRPC');
    },
    async (target) => {
      const { session, ask: begin } = connectHttp2(target.grpc);
      begin(PREDICTIONS).write(Buffer.from([0, 0, 0, 200, 0, 1, 2, 3]));
      await sleep(20);
      session.destroy();
      count(target, 'departures over gRPC');
    },
    () => sleep(1_000),
  ];
}
