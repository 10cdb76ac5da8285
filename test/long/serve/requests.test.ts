import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { isToolError } from '../../../src/core/errors.ts';
import { readTensorRequest } from '../../../src/handlers/builtin/tensor/tensor-request.ts';
import { type HandlerContext, PredictionError } from '../../../src/handlers/sdk.ts';
import { toNpy } from '../../../src/handlers/tensors/npy.ts';
import { readParameters } from '../../../src/serve/http/exchange/body.ts';
import { makeModel, startServer } from '../../serve/serving.ts';
import { createRandom } from '../../support/random.ts';
import { mutate } from '../weights/mutate.ts';

/** Mutants of each kind of body, which are read in this process, and of whole requests, which go over a socket. */
const BODIES = 50_000;
const REQUESTS = 10_000;
const SEED = 13;
/** A pause of the machine or of the garbage collector. */
const GRACE_MS = 1_000;

async function readMutants(seeds: readonly Buffer[], read: (mutant: Buffer) => Promise<string>): Promise<Set<string>> {
  const random = createRandom(SEED);
  const outcomes = new Set<string>();
  for (let index = 0; index < BODIES; index++) {
    const mutant = mutate(random.pick(seeds), random);
    const label = `case ${index} of seed ${SEED}: ${mutant.toString('base64')}`;
    const started = performance.now();
    const outcome = await read(mutant).catch((error: unknown) => {
      throw new Error(label, { cause: error });
    });
    expect(performance.now() - started, label).toBeLessThan(GRACE_MS);
    outcomes.add(outcome);
  }
  return outcomes;
}

const form = Buffer.from(
  [
    '--edge\r\nContent-Disposition: form-data; name="data"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n',
    '--edge\r\nContent-Disposition: form-data; name="text"\r\n\r\nsome words\r\n',
    '--edge--\r\n',
  ].join(''),
  'latin1',
);

test(`${BODIES} mutated forms are parsed or refused`, async () => {
  const outcomes = await readMutants([form], async (mutant) => {
    try {
      const parameters = await readParameters('multipart/form-data; boundary=edge', mutant);
      return `${parameters.length} fields`;
    } catch (error) {
      if (isToolError(error)) return error.code;
      throw error;
    }
  });
  expect([...outcomes]).toEqual(expect.arrayContaining(['REQUEST_INVALID', '0 fields', '1 fields', '2 fields']));
});

const two = { name: 'input', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4.5] };
const binaryJson = JSON.stringify({
  inputs: [{ ...two, data: undefined, parameters: { binary_data_size: 16 } }],
  outputs: [{ name: 'output', parameters: { binary_data: true } }],
});
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const tensors = {
  list: [
    json([
      [1, 2],
      [3, 4.5],
    ]),
  ],
  named: [json({ input: [[1, 2]] })],
  v2: [json({ id: '7', inputs: [two], outputs: [{ name: 'output' }] })],
  npy: [toNpy({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) })],
  binary: [Buffer.concat([Buffer.from(binaryJson), Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)])],
};

test.each(Object.entries(tensors))(
  `${BODIES} mutated %s tensors are parsed or refused as the client’s mistake`,
  async (kind, seeds) => {
    const header = kind === 'binary' ? String(binaryJson.length) : undefined;
    const context = {
      model: {
        inputs: [{ name: 'input', dtype: 'float32', shape: [null, 2] }],
        outputs: [{ name: 'output', dtype: 'float32', shape: [null, 2] }],
      },
      requestHeader: () => header,
      manifest: {},
      config: {},
    } as unknown as HandlerContext; // What a tensor request asks of it.
    const outcomes = await readMutants(seeds, async (mutant) => {
      try {
        const { tensors: read } = readTensorRequest({ body: mutant }, 0, context);
        return Object.keys(read).join();
      } catch (error) {
        if (error instanceof PredictionError) return `refused ${error.status}`;
        throw error;
      }
    });
    expect([...outcomes].sort()).toEqual(['input', 'refused 400']);
  },
);

const head = (line: string, ...more: readonly string[]) =>
  Buffer.from([`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...more, '', ''].join('\r\n'));
const wholeRequests = [
  head('GET /ping'),
  head('GET /'),
  head('GET /models/kinds?customized=true'),
  head('PUT /models/kinds/1.0/set-default'),
  head('OPTIONS /'),
  Buffer.concat([head('POST /predictions/kinds', 'X-Kind: echo', 'Content-Length: 5'), Buffer.from('hello')]),
  Buffer.concat([
    head('POST /predictions/kinds/1.0', 'X-Kind: echo', 'Transfer-Encoding: chunked'),
    Buffer.from('5;a=b\r\nhello\r\n0\r\n\r\n'),
  ]),
  Buffer.concat([
    head(
      'POST /predictions/kinds',
      'Content-Type: multipart/form-data; boundary=edge',
      `Content-Length: ${form.length}`,
    ),
    form,
  ]),
  Buffer.concat([
    head('POST /v2/models/kinds/infer', 'Content-Type: application/json', 'Content-Length: 13'),
    Buffer.from('{"inputs":[]}'),
  ]),
];

/** What the server says until it closes; a mutant that waits for more is ended from here. */
function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.end(bytes);
  });
}

test(`${REQUESTS} mutated requests over a socket: no answer is a server failure, and it still serves`, async () => {
  const server = await startServer([{}], { enableModelApi: true });
  await makeModel(server.folder, { name: 'other' });
  const port = Number(new URL(server.handle.urls.inference).port);
  const random = createRandom(SEED);
  const statuses = new Map<string, number>();
  const one = async (index: number) => {
    const mutant = mutate(random.pick(wholeRequests), random);
    const answer = await exchange(port, mutant);
    for (const [, status = ''] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const label = `case ${index} of seed ${SEED}: ${mutant.toString('base64')}\n${answer}`;
      // A kind that is none, and form fields where the handler wants a body, are failures of the handler.
      if (status.startsWith('5')) expect(answer, label).toContain('Prediction failed');
    }
  };
  for (let index = 0; index < REQUESTS; index += 20)
    await Promise.all(Array.from({ length: 20 }, (_, offset) => one(index + offset)));
  console.log(`${REQUESTS} requests:`, Object.fromEntries([...statuses].sort()));
  expect([...statuses.keys()]).toEqual(expect.arrayContaining(['200', '400', '404', '405']));
  expect(await (await server.predict('kinds', 'str')).text()).toBe('hello');
});
