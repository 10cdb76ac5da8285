import { expect, test } from 'vitest';
import type { PredictionCall } from '../../../src/serve/model/in-flight-requests.ts';
import type { Outcome } from '../../../src/serve/pool/job.ts';
import { grpcClient } from '../../support/grpc-client.ts';
import { PREDICTIONS, REQUEST_FOR_M } from '../../support/http2-client.ts';
import { connectFrames, flood, frames, hasGoaway, streamId, times } from '../../support/http2-frames.ts';
import { answered, listenWith } from './serving-calls.ts';

const COUNT = 20_000;
const wholeCall = (index: number) =>
  Buffer.concat([frames.call(streamId(index), PREDICTIONS), frames.data(streamId(index), REQUEST_FOR_M, true)]);

/** Nothing that a client does to its own connection is felt on another. */
async function expectToServe(target: string) {
  const { prediction } = await grpcClient(target, 'inference').call('Predictions', { model_name: 'm' });
  expect(prediction.toString()).toBe('well');
}
const well = async () => answered('well');

const floods: readonly [what: string, reads: boolean, make: (index: number) => Buffer][] = [
  ['sends settings and reads no answer', false, () => frames.settings()],
  ['sends pings and reads no answer', false, () => frames.ping()],
  [
    'begins a head that never ends',
    true,
    (index) => (index === 0 ? frames.call(1, PREDICTIONS, false) : frames.continuation(1)),
  ],
];

test.each(floods)('a client that %s is cut', async (_, reads, make) => {
  const { target } = await listenWith({ predict: well });
  const socket = connectFrames(target, reads);
  socket.write(frames.settings());
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await flood(socket, times(COUNT, make));
  // One that reads nothing hears of the end when it looks.
  socket.resume();
  await closed;
  await expectToServe(target);
});

test('a client that begins calls and resets them is soon not listened to any more', async () => {
  const calls: PredictionCall[] = [];
  const { target } = await listenWith({
    predict: (call) => {
      calls.push(call);
      return well();
    },
  });
  const socket = connectFrames(target, true);
  const received: Buffer[] = [];
  socket.on('data', (bytes) => received.push(bytes));
  socket.write(frames.settings());
  await flood(
    socket,
    times(COUNT, (index) => Buffer.concat([wholeCall(index), frames.reset(streamId(index))])),
  );
  await expect.poll(() => hasGoaway(Buffer.concat(received))).toBe(true);
  await expectToServe(target);
  expect(calls.length).toBeLessThan(COUNT / 4);
});

test('calls that are reset are taken back: none is left waiting', async () => {
  const waiting = new Set<PredictionCall>();
  const predict = (call: PredictionCall) =>
    new Promise<Outcome>((_resolve, reject) => {
      waiting.add(call);
      call.onGone?.(() => {
        waiting.delete(call);
        reject(new Error('taken back'));
      });
    });
  const { target, answered: log } = await listenWith({ predict });
  const socket = connectFrames(target, true);
  socket.write(frames.settings());
  await flood(
    socket,
    times(200, (index) => Buffer.concat([wholeCall(index), frames.reset(streamId(index))])),
  );
  await flood(
    socket,
    times(100, (index) => wholeCall(200 + index)),
  );
  await expect.poll(() => waiting.size).toBe(100);
  socket.destroy();
  await expect.poll(() => waiting.size).toBe(0);
  await expect.poll(() => log.length).toBeGreaterThanOrEqual(100);
});

test('a client that asks for more than it may leave unread is cut, whatever it says of its window', async () => {
  const large = Buffer.alloc(1_000_000);
  const { target } = await listenWith({
    predict: async ({ model }) => answered(model === 'm' ? large : 'well'),
  });
  const socket = connectFrames(target, true);
  // It reads all that it lets come, which is nothing of any answer.
  socket.write(frames.settings(0));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await flood(socket, times(100, wholeCall));
  await closed;
  const { prediction } = await grpcClient(target, 'inference').call('Predictions', { model_name: 'other' });
  expect(prediction.toString()).toBe('well');
});

// The rest is refused, or the connection is ended for it: that depends on how fast the frames arrive.
test('a client begins no more calls than a connection may have', async () => {
  const calls: PredictionCall[] = [];
  const { target } = await listenWith({
    predict: (call) => {
      calls.push(call);
      return new Promise(() => {});
    },
  });
  const socket = connectFrames(target, true);
  socket.write(frames.settings());
  await flood(socket, times(3_000, wholeCall));
  await expect.poll(() => socket.destroyed || calls.length === 1_000).toBe(true);
  expect(calls.length).toBeLessThanOrEqual(1_000);
});

test('a client that keeps its half of the connection does not keep the server from its end', async () => {
  const { target, close, drop } = await listenWith({ predict: well });
  const socket = connectFrames(target, false);
  socket.write(frames.settings());
  socket.write(frames.call(1, PREDICTIONS));
  await expectToServe(target);
  const closed = close();
  drop();
  await closed;
});
