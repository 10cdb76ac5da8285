import { onTestFinished } from 'vitest';
import type { GrpcTools } from '../../../src/serve/grpc/exchange/method.ts';
import { type GrpcListenOptions, openGrpcListeners } from '../../../src/serve/grpc/listen.ts';
import type { ConnectionAge } from '../../../src/serve/grpc/session-life.ts';
import type { Answered } from '../../../src/serve/http/exchange/route.ts';
import { createMetrics } from '../../../src/serve/metrics/metrics.ts';
import type { Outcome } from '../../../src/serve/pool/job.ts';
import type { Prediction } from '../../../src/serve/protocol/messages.ts';
import type { Service } from '../../../src/serve/service.ts';

const refuse = () => Promise.reject(new Error('not asked for in this test'));

/** A service that does what a test says, and nothing else. */
export function serviceOf(does: Partial<Service>): Service {
  return {
    register: refuse,
    predict: refuse,
    compose: refuse,
    list: () => [],
    summaries: refuse,
    summary: refuse,
    describe: () => [],
    customize: refuse,
    scale: refuse,
    setDefault: refuse,
    unregister: refuse,
    reload: refuse,
    registered: () => [],
    healthy: true,
    ready: true,
    close: refuse,
    ...does,
  };
}

export function toolsOf(does: Partial<Service>, others: Partial<GrpcTools> = {}): GrpcTools {
  return {
    service: serviceOf(does),
    metrics: createMetrics(),
    places: { modelStore: undefined, allowedUrls: [] },
    keys: undefined,
    keyForPing: true,
    onAnswer: undefined,
    enableModelApi: false,
    defaultWorkers: 1,
    envelope: '',
    sequenceHeaders: { id: 'the-id', start: 'the-start', end: 'the-end' },
    ...others,
  };
}

export interface TestListener {
  readonly target: string;
  readonly answered: Answered[];
  readonly tools: GrpcTools;
  close(): Promise<void>;
  drop(): void;
}

const FOREVER: ConnectionAge = { maxMs: undefined, graceMs: undefined };

/** A listener on a free port with the services of both roles. */
export async function listenWith(
  does: Partial<Service>,
  others: Partial<GrpcTools> = {},
  { age = FOREVER, ...options }: Partial<GrpcListenOptions> & { readonly age?: ConnectionAge } = {},
): Promise<TestListener> {
  const answered: Answered[] = [];
  const tools = toolsOf(does, { onAnswer: (answer) => void answered.push(answer), ...others });
  const secure = options.tls !== undefined;
  const place = { address: { kind: 'tcp', host: '127.0.0.1', port: 0, secure }, age } as const;
  const limits = { maxRequestBytes: 1_000_000, maxResponseBytes: 1_000_000, tls: undefined, ...options };
  const listeners = await openGrpcListeners(tools, { inference: place, management: place }, limits);
  const close = () => {
    listeners.drop();
    return listeners.close();
  };
  onTestFinished(close);
  return { target: listeners.targets.inference, answered, tools, close: listeners.close, drop: listeners.drop };
}

export function answered(body: string | Uint8Array, others: Partial<Prediction> = {}): Outcome {
  const prediction = {
    id: '',
    contentType: '',
    status: 200,
    reason: '',
    headers: [],
    body: Buffer.from(body),
    ...others,
  };
  return { kind: 'answered', prediction };
}
