import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyKind, KeyRing } from '../../key-ring.ts';
import type { MetricName } from '../../metrics/metric-families.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { ArchiveSources } from '../../model/locate-archive.ts';
import type { Service } from '../../service.ts';
import type { WorkflowService } from '../../workflow/workflow-service.ts';
import type { Coding } from '../encoding/codings.ts';
import type { UnreadAnswers } from './unread-answers.ts';

/** The listener of a route. Roles with equal addresses share one. */
export type Role = 'inference' | 'management' | 'metrics';

export interface RouteTools {
  readonly service: Service;
  readonly workflows: WorkflowService;
  readonly metrics: Metrics;
  readonly places: ArchiveSources;
  /** Sources of workflow archives. */
  readonly workflowPlaces: ArchiveSources;
  /** Undefined without token authorisation. */
  readonly keys: KeyRing | undefined;
  /** Whether /ping requires the inference key. */
  readonly keyForPing: boolean;
  /** curl option that trusts a self-signed certificate; shown in the playground. */
  readonly curlFlags: readonly string[];
  /** CORS headers of every response, by lower-case name. */
  readonly corsHeaders: Readonly<Record<string, string>>;
  /** The allowed CORS origin; "*" allows all. */
  readonly corsOrigin: string | undefined;
  /** Allowed host names beside those of loopback. */
  readonly allowedHosts: readonly string[];
  /** Whether the Open Inference Protocol is enabled. */
  readonly openInferenceProtocol: boolean;
  readonly enableMetricsApi: boolean;
  /** System gauges, read on every scrape; undefined if disabled. */
  readonly readSystem: (() => Promise<Partial<Record<MetricName, number>>>) | undefined;
  /** Called after every response, for the access log. */
  readonly onAnswer: ((answer: Answered) => void) | undefined;
  /** Allows registering and unregistering by HTTP; off by default, as in TorchServe since 0.11.1. */
  readonly enableModelApi: boolean;
  /** Initial workers of a model that is registered without a number. */
  readonly defaultWorkers: number;
}

/** An access-log entry. */
export interface Answered {
  readonly id: string;
  readonly remote: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** Resolves with a value to send as JSON, or with undefined if the response is sent already. */
export type RouteHandler = (call: RouteCall) => Promise<unknown> | unknown;

/** State of one listener. */
export interface Listener {
  /** While closing, connections are not kept alive. */
  readonly isClosing: () => boolean;
  readonly unread: UnreadAnswers;
}

/** A request and its response. */
export interface Exchange {
  /** Generated; sent as `x-request-id`. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Response headers, by lower-case name. Written at once by `writeHead`, which is faster than `setHeader` for each. */
  readonly answerHeaders: Record<string, string | number>;
  readonly listener: Listener;
  /** Form of error responses: TorchServe's or the Open Inference Protocol's. */
  readonly errors: ErrorForm;
  /** What the client asks the answer to be compressed with, where the route takes that. */
  readonly coding: Coding | undefined;
}

export interface RouteCall extends Exchange {
  readonly tools: RouteTools;
  /** Empty if none was sent. */
  readonly body: Buffer;
  /** Path parameters by name. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** Query parameters; the first of equal names counts. */
  readonly query: URLSearchParams;
}

export type ErrorForm = 'torchserve' | 'v2';

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
export type Method = (typeof methods)[number];

/** A path and its handlers by method; `any` is the fallback. */
export interface Route {
  readonly path: string;
  readonly role: Role;
  /** The required key; by default that of the role. Metrics are open. */
  readonly access?: KeyKind | 'open';
  /** TorchServe's by default. */
  readonly errors?: ErrorForm;
  /** Whether bodies may be compressed, and answers are for clients that ask; elsewhere a body is what came, as in TorchServe. */
  readonly isCoded?: true;
  /** Whether every method is read-only; by default only OPTIONS, and GET and HEAD if they have a handler of their own. */
  readonly isRead?: true;
  /** Whether a GET with this query runs a model. */
  readonly runs?: (query: URLSearchParams) => boolean;
  readonly on: Partial<Record<Method | 'any', RouteHandler>>;
}
