/** What a service of gRPC is made of. */
import type { ErrorCode } from '../../../core/error-catalogue.ts';
import type { Access } from '../../http/access/authorize.ts';
import type { Role, RouteTools } from '../../http/exchange/route.ts';
import type { SequenceHeaders } from '../../model/sequences.ts';
import type { Message } from '../protobuf/message.ts';

/** What the services work with: a part of what HTTP works with. */
export interface GrpcTools
  extends Pick<
    RouteTools,
    'service' | 'metrics' | 'places' | 'keys' | 'keyForPing' | 'onAnswer' | 'enableModelApi' | 'defaultWorkers'
  > {
  /** What requests and answers of handlers are wrapped in; empty for nothing. */
  readonly envelope: string;
  readonly sequenceHeaders: SequenceHeaders;
}

/** gRPC has no metrics: they are read over HTTP. */
export type GrpcRole = Exclude<Role, 'metrics'>;

export interface Method<Request, Answer> {
  readonly request: Message<Request>;
  readonly answer: Message<Answer>;
  /** The key it asks for; the one of its service without this. */
  readonly access?: Access;
  /** The client sends any number of messages, each of which is run after the one before it. */
  readonly takesMany?: true;
  /** Errors that TorchServe answers with INTERNAL, whatever they are about. */
  readonly internal?: readonly ErrorCode[];
  /** Resolves with the answer, the last one where others were sent; or with undefined where there is none. */
  run(request: Request, call: MethodCall<Answer>): Promise<Partial<Answer> | undefined> | Partial<Answer>;
}

export interface MethodCall<Answer> {
  readonly id: string;
  readonly tools: GrpcTools;
  /** An answer that others follow. */
  send(answer: Partial<Answer>): void;
  onGone(drop: () => void): void;
  /** Aborted when the server takes no more work. */
  readonly closing: AbortSignal;
}

export interface GrpcService {
  /** With its package, as in the path of a call. */
  readonly name: string;
  readonly role: GrpcRole;
  readonly methods: Readonly<Record<string, Method<unknown, unknown>>>;
}

/** Checks the types of one method against each other. */
export function defineMethod<Request, Answer>(method: Method<Request, Answer>): Method<Request, Answer> {
  return method;
}
