import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyKind, KeyRing } from '../../key-ring.ts';
import type { MetricName } from '../../metrics/metric-families.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { ArchiveSources } from '../../model/locate-archive.ts';
import type { Service } from '../../service.ts';
import type { WorkflowService } from '../../workflow/workflow-service.ts';
import type { UnreadAnswers } from './unread-answers.ts';

/** Which listener a route is on. When two have the same address, it has the routes of both. */
export type Role = 'inference' | 'management' | 'metrics';

export interface RouteTools {
  readonly service: Service;
  readonly workflows: WorkflowService;
  readonly metrics: Metrics;
  readonly places: ArchiveSources;
  /** Where workflow archives are named. */
  readonly workflowPlaces: ArchiveSources;
  /** Undefined where nobody is asked for a key. */
  readonly keys: KeyRing | undefined;
  /** Whether /ping asks for the inference key too. */
  readonly keyForPing: boolean;
  /** What makes curl trust this server, for the page that shows how to call it. */
  readonly curlFlags: readonly string[];
  /** Response headers of every answer, by lower-case name; TorchServe's three for CORS. */
  readonly corsHeaders: Readonly<Record<string, string>>;
  /** The origin whose pages may use this server; "*" is every origin. */
  readonly corsOrigin: string | undefined;
  /** Names that lead to it, beside those of the loopback. */
  readonly allowedHosts: readonly string[];
  /** Whether the paths of the Open Inference Protocol are served as it specifies them. */
  readonly openInferenceProtocol: boolean;
  readonly enableMetricsApi: boolean;
  /** Gauges of the machine, read for an answer of the metrics API; undefined where they are switched off. */
  readonly readSystem: (() => Promise<Partial<Record<MetricName, number>>>) | undefined;
  /** Told of every answer, for the access log. */
  readonly onAnswer: ((answer: Answered) => void) | undefined;
  /** Register and unregister by HTTP; off unless asked for, as in TorchServe since 0.11.1. */
  readonly enableModelApi: boolean;
  /** Workers of a model registered without a number. */
  readonly defaultWorkers: number;
}

/** One line of an access log. */
export interface Answered {
  readonly id: string;
  readonly remote: string;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** What a route answers with: a value to print as JSON, or undefined when it has answered by itself. */
export type RouteHandler = (call: RouteCall) => Promise<unknown> | unknown;

/** What is the same for all requests of one listener. */
export interface Listener {
  /** Whether it stops, so that its connections must end with their answers. */
  readonly isClosing: () => boolean;
  readonly unread: UnreadAnswers;
}

/** One request on its way to its answer. */
export interface Exchange {
  /** Made by the server; the client reads it in `x-request-id`. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Headers of the answer, by lower-case name: an object that Node writes at once, where each header set alone is judged alone. */
  readonly answerHeaders: Record<string, string | number>;
  readonly listener: Listener;
  /** How errors are worded: TorchServe's way, or that of the Open Inference Protocol. */
  readonly errors: ErrorForm;
}

export interface RouteCall extends Exchange {
  readonly tools: RouteTools;
  /** Empty where none was sent. */
  readonly body: Buffer;
  /** Path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters; of equal names the first counts. */
  readonly query: URLSearchParams;
}

export type ErrorForm = 'torchserve' | 'v2';

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
export type Method = (typeof methods)[number];

/** One path with what each method does there; `any` takes the methods that are not named. */
export interface Route {
  readonly path: string;
  readonly role: Role;
  /** The key it asks for where keys are asked for; without this the one of its role. The metrics are open. */
  readonly access?: KeyKind | 'open';
  /** TorchServe's where absent. */
  readonly errors?: ErrorForm;
  /** Changes and runs nothing, whatever the method; without this GET, HEAD and OPTIONS do not where they are named. */
  readonly isRead?: true;
  /** Whether a query makes such a GET run a model. */
  readonly runs?: (query: URLSearchParams) => boolean;
  readonly on: Partial<Record<Method | 'any', RouteHandler>>;
}
