import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { createResponseDecoder, encodeRequest } from '../../src/serve/protocol/codec.ts';
import type { Prediction, WorkerRequest, WorkerResponse } from '../../src/serve/protocol/messages.ts';
import { plain, requests, responses } from '../serve/protocol/arbitraries.ts';
import { findTorchServe } from './torchserve.ts';

/** The worker protocol against TorchServe's own encoder and decoder, with generated messages. */
const found = findTorchServe();
if ('missing' in found) console.log(`SKIPPED: TorchServe's worker: ${found.missing}`);
const MESSAGES = 300;

interface Peer {
  readonly read: readonly { readonly command: string; readonly message: unknown }[];
  readonly written: readonly string[];
}

const sent = fc.sample(requests, { numRuns: MESSAGES, seed: 7 });
const described = fc.sample(responses, { numRuns: MESSAGES, seed: 11 }).map(asUpstreamCanSay);
let peer: Peer;

beforeAll(async () => {
  if (!('missing' in found)) peer = await askPeer(found.python);
}, 120_000);

async function askPeer(python: string): Promise<Peer> {
  const child = spawn(python, [join(packageRoot, 'test/interop/readers/worker_codec.py')], {
    // Values are compared as bytes.
    env: { ...process.env, TS_DECODE_INPUT_REQUEST: 'false' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const bytes = sent.map((request) => Buffer.concat(encodeRequest(request)).toString('base64'));
  child.stdin.end(JSON.stringify({ requests: bytes, answers: plain(described) }));
  return JSON.parse(await text(child.stdout)) as Peer;
}

/** It counts the letters of a reason and of a type, not their bytes; its headers are a dictionary, with the type among them. */
function asUpstreamCanSay(response: WorkerResponse): WorkerResponse {
  const ascii = (value: string) => value.replace(/[^ -~]/gu, '');
  return {
    ...response,
    predictions: response.predictions.map(({ headers, ...rest }): Prediction => {
      const contentType = ascii(rest.contentType);
      const named = new Map(headers.filter(([name]) => !['content-type', 'ts_stream_next'].includes(name)));
      if (contentType !== '') named.set('content-type', contentType);
      return { ...rest, contentType, reason: ascii(rest.reason), headers: [...named] };
    }),
  };
}

/** A request as its decoder holds it. */
function asUpstreamReads(request: WorkerRequest) {
  const bytes = (value: string | Uint8Array) => Buffer.from(value as string).toString('base64');
  if (request.kind === 'load') {
    const { kind: _, modelName, modelPath, handler, envelope, gpuId, ...rest } = request;
    const texts = { modelName, modelPath, handler, envelope };
    const message = Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, bytes(value)]));
    return { command: 'L', message: { ...message, ...rest, ...(gpuId < 0 ? {} : { gpu: gpuId }) } };
  }
  return {
    command: 'I',
    message: request.requests.map(({ id, headers, parameters }) => ({
      requestId: bytes(id),
      headers: headers.map(([name, value]) => ({ name: bytes(name), value: bytes(value) })),
      parameters: parameters.map((parameter) => ({ ...parameter, value: bytes(parameter.value) })),
    })),
  };
}

describe.skipIf('missing' in found)('TorchServe’s own codec', () => {
  test(`reads ${MESSAGES} generated requests of ours with the same values`, () => {
    expect(peer.read).toEqual(sent.map(asUpstreamReads));
  });

  test(`writes ${MESSAGES} generated answers that we read with the same values`, () => {
    const decoder = createResponseDecoder({ valueBytes: 1_000_000 });
    const read = peer.written.flatMap((bytes) => decoder.push(Buffer.from(bytes, 'base64')));
    expect(plain(read)).toEqual(plain(described));
    expect(decoder.atBoundary).toBe(true);
  });
});
