import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';

export const protoFiles = ['inference', 'management', 'open-inference', 'health'].map((name) =>
  join(packageRoot, `assets/grpc/${name}.proto`),
);

/** The .proto files that we ship, as an independent implementation of gRPC reads them. */
const definitions = loadSync(protoFiles, { keepCase: true, longs: Number, defaults: true, enums: String });

export const serviceNames = {
  inference: 'org.pytorch.serve.grpc.inference.InferenceAPIsService',
  management: 'org.pytorch.serve.grpc.management.ManagementAPIsService',
  openInference: 'inference.GRPCInferenceService',
  health: 'grpc.health.v1.Health',
} as const;

/** Fields of any answer, by the names of the .proto files. */
export interface Answer {
  readonly prediction: Buffer;
  readonly sequence_id: string;
  readonly status: unknown;
  readonly msg: string;
  readonly outputs: readonly Record<string, unknown>[];
  readonly raw_output_contents: readonly Buffer[];
}

export interface CallOptions extends grpc.CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface GrpcClient {
  readonly client: grpc.Client;
  /** A method that has one answer. Rejects with a ServiceError. */
  call(method: string, request?: object, options?: CallOptions): Promise<Answer>;
  /** The call itself, which can be cancelled. */
  begin(
    method: string,
    request: object,
    done: (error: grpc.ServiceError | null, answer?: Answer) => void,
  ): grpc.ClientUnaryCall;
  /** A method that has several answers. */
  stream(method: string, request?: object): grpc.ClientReadableStream<Answer>;
  /** A method that takes several messages too. */
  both(method: string): grpc.ClientDuplexStream<object, Answer>;
}

export function grpcClient(
  target: string,
  service: keyof typeof serviceNames,
  credentials: grpc.ChannelCredentials = grpc.credentials.createInsecure(),
  channel: grpc.ChannelOptions = {},
): GrpcClient {
  const client = new grpc.Client(target, credentials, { 'grpc.max_receive_message_length': -1, ...channel });
  onTestFinished(() => client.close());
  const partsOf = (method: string) => {
    const found = Object.entries(definitions[serviceNames[service]] ?? {}).find(([name]) => name === method)?.[1];
    const { path, requestSerialize, responseDeserialize } = found as grpc.MethodDefinition<object, Answer>;
    return [path, requestSerialize, responseDeserialize] as const;
  };
  const toMetadata = (pairs: Readonly<Record<string, string>> = {}) => {
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(pairs)) metadata.set(name, value);
    return metadata;
  };
  return {
    client,
    call: (method, request = {}, { metadata, ...options } = {}) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(...partsOf(method), request, toMetadata(metadata), options, (error, answer) => {
          if (error === null && answer !== undefined) resolve(answer);
          else reject(error);
        });
      }),
    begin: (method, request, done) => client.makeUnaryRequest(...partsOf(method), request, done),
    stream: (method, request = {}) => client.makeServerStreamRequest(...partsOf(method), request),
    both: (method) => client.makeBidiStreamRequest(...partsOf(method)),
  };
}

/** Code and text of the status that a call ends with. */
export async function statusOf(call: Promise<unknown>): Promise<[code: string, details: string]> {
  const error = await call.then(
    () => undefined,
    (failure: grpc.ServiceError) => failure,
  );
  return error === undefined ? ['OK', ''] : [grpc.status[error.code] ?? String(error.code), error.details];
}
