import { once } from 'node:events';
import { constants, type OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { PredictionCall } from '../../../src/serve/model/in-flight-requests.ts';
import type { Outcome } from '../../../src/serve/pool/job.ts';
import { grpcClient, statusOf } from '../../support/grpc-client.ts';
import { connectHttp2, PING, PREDICTIONS, REQUEST_FOR_M } from '../../support/http2-client.ts';
import { answered, listenWith } from './serving-calls.ts';

const request = { model_name: 'm', input: { data: Buffer.from('x') } };
/** Answers with the bytes of the field `data`. */
const echo = async ({ request: { parameters } }: PredictionCall) =>
  answered(parameters.find(({ name }) => name === 'data')?.value ?? '');

test('a call is answered, counted, and logged in the access log as TorchServe does', async () => {
  const { target, answered: log, tools } = await listenWith({ predict: echo });
  const client = grpcClient(target, 'inference');
  expect((await client.call('Predictions', request)).prediction.toString()).toBe('x');
  expect(await statusOf(client.call('Predictions', {}))).toEqual(['INTERNAL', 'Parameter model_name is required.']);
  await expect.poll(() => log.length).toBe(2);
  expect(log[0]).toMatchObject({
    method: 'gRPC',
    target: 'org.pytorch.serve.grpc.inference.InferenceAPIsService/Predictions',
    status: 0,
    remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
  expect(log[1]?.status).toBe(13);
  expect(tools.metrics.format(['Requests2XX', 'Requests5XX'])).toMatch(
    /Requests2XX\{.*\} 1\.0[\s\S]*Requests5XX\{.*\} 1\.0/,
  );
});

test('messages up to the limit arrive whole, compressed or not; larger ones are refused', async () => {
  const { target } = await listenWith({ predict: echo });
  const bytes = Buffer.alloc(900_000, 'abc');
  const large = { model_name: 'm', input: { data: bytes } };
  for (const algorithm of [0, 1, 2]) {
    const client = grpcClient(target, 'inference', undefined, { 'grpc.default_compression_algorithm': algorithm });
    expect((await client.call('Predictions', large)).prediction.equals(bytes)).toBe(true);
    const beyond = { model_name: 'm', input: { data: Buffer.alloc(1_000_001) } };
    expect((await statusOf(client.call('Predictions', beyond)))[0]).toBe('RESOURCE_EXHAUSTED');
  }
});

test('a hundred concurrent calls on one connection each get their own answer', async () => {
  const { target } = await listenWith({ predict: echo });
  const client = grpcClient(target, 'inference');
  const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
  const answers = await Promise.all(
    texts.map((text) => client.call('Predictions', { model_name: 'm', input: { data: Buffer.from(text) } })),
  );
  expect(answers.map(({ prediction }) => prediction.toString())).toEqual(texts);
});

/** A prediction that ends when the test says, and notes when nobody waits for it any more. */
function held() {
  const calls: PredictionCall[] = [];
  let end: (outcome: Outcome) => void = () => {};
  const dropped: string[] = [];
  const predict = (call: PredictionCall) =>
    new Promise<Outcome>((resolve) => {
      calls.push(call);
      call.onGone?.(() => dropped.push(call.model));
      end = resolve;
    });
  return { calls, dropped, predict, end: (outcome: Outcome) => end(outcome) };
}

test('a cancelled call cancels its request, and ends as cancelled', async () => {
  const { calls, dropped, predict } = held();
  const { target, answered: log } = await listenWith({ predict });
  const client = grpcClient(target, 'inference');
  const call = client.begin('Predictions', request, () => {});
  await expect.poll(() => calls.length).toBe(1);
  call.cancel();
  await expect.poll(() => dropped).toEqual(['m']);
  await expect.poll(() => log.map(({ status }) => status)).toEqual([1]);
});

test('a call whose connection breaks cancels its request', async () => {
  const { calls, dropped, predict } = held();
  const { target } = await listenWith({ predict });
  const { socket, ask } = connectHttp2(target);
  ask(PREDICTIONS).end(REQUEST_FOR_M);
  await expect.poll(() => calls.length).toBe(1);
  socket.destroy();
  await expect.poll(() => dropped).toEqual(['m']);
});

test('the client’s deadline is enforced, also if the client keeps waiting', async () => {
  const { dropped, predict } = held();
  const { target, answered: log } = await listenWith({ predict });
  const stream = connectHttp2(target).ask(PREDICTIONS, { 'grpc-timeout': '50m' });
  stream.end(REQUEST_FOR_M);
  const [headers] = await once(stream, 'response');
  expect(headers).toMatchObject({ 'grpc-status': '4', 'x-request-id': expect.any(String) });
  expect(dropped).toEqual(['m']);
  expect(log.map(({ status }) => status)).toEqual([4]);
});

test('a closing server finishes its calls, and accepts no new ones', async () => {
  const { calls, predict, end } = held();
  const { target, close } = await listenWith({ predict });
  const { client, call } = grpcClient(target, 'inference');
  const answering = call('Predictions', request);
  await expect.poll(() => calls.length).toBe(1);
  const closing = close();
  const late = call('Predictions', request, { deadline: Date.now() + 2_000 });
  expect((await statusOf(late))[0]).toBe('UNAVAILABLE');
  end(answered('the last'));
  expect((await answering).prediction.toString()).toBe('the last');
  await closing;
  expect(calls).toHaveLength(1);
  client.close();
});

test('a client with an endless call is told when the server closes', async () => {
  const { target, close } = await listenWith({ predict: echo });
  const call = grpcClient(target, 'inference').both('StreamPredictions2');
  call.write({ ...request, sequence_id: 's' });
  expect((await once(call, 'data'))[0]).toMatchObject({ sequence_id: 's', prediction: Buffer.from('x') });
  const ended = once(call, 'error');
  const closing = close();
  expect((await ended)[0]).toMatchObject({ code: 14 });
  await closing;
});

test('a request that is not gRPC is refused before any service', async () => {
  const { target } = await listenWith({});
  const { ask } = connectHttp2(target);
  const answerTo = async (path: string, headers: OutgoingHttpHeaders, body: Buffer = Buffer.alloc(0)) => {
    const stream = ask(path, headers);
    stream.end(body);
    const [answer] = await once(stream, 'response');
    return [answer[':status'], answer['grpc-status']];
  };
  // A page can make its browser send these types without asking first.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'])
    expect(await answerTo(PING, { 'content-type': type })).toEqual([415, undefined]);
  expect(await answerTo(PING, { ':method': 'OPTIONS' })).toEqual([415, undefined]);
  expect(await answerTo('/none.Service/Method', {}, Buffer.alloc(5))).toEqual([200, '12']);
  // No message, two, half a one, one that is no message, and two that are not compressed as they say.
  expect(await answerTo(PING, {})).toEqual([200, '12']);
  expect(await answerTo(PING, {}, Buffer.from([0, 0, 0]))).toEqual([200, '13']);
  expect(await answerTo(PING, {}, Buffer.from([0, 0, 0, 0, 1, 0xff]))).toEqual([200, '13']);
  expect(await answerTo(PING, { 'grpc-encoding': 'brotli' }, Buffer.from([1, 0, 0, 0, 0]))).toEqual([200, '12']);
  expect(await answerTo(PING, { 'grpc-encoding': 'gzip' }, Buffer.from([1, 0, 0, 0, 1, 7]))).toEqual([200, '13']);
  const [host = '', port] = target.split(':');
  const plain = connect(Number(port), host);
  plain.on('error', () => {});
  plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(plain.resume(), 'close');
});

test('a client that gets its status while it still sends is told to stop sending', async () => {
  const { target } = await listenWith({});
  const stream = connectHttp2(target).ask('/none/none');
  stream.write(Buffer.alloc(10));
  const [answer] = await once(stream, 'response');
  expect(answer['grpc-status']).toBe('12');
  await once(stream.resume(), 'close');
  expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
});

test('an old connection accepts no new calls, and closes after the grace period', async () => {
  const { predict } = held();
  const { target } = await listenWith({ predict }, {}, { age: { maxMs: 100, graceMs: 100 } });
  const { session, ask } = connectHttp2(target);
  ask(PREDICTIONS).end(REQUEST_FOR_M);
  const [code] = await once(session, 'goaway');
  expect(code).toBe(constants.NGHTTP2_NO_ERROR);
  await once(session, 'close');
});
