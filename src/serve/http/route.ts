import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics.ts';
import type { Service } from '../service.ts';

/** Which listener a route is on. When two have the same address, it has the routes of both. */
export type Role = 'inference' | 'management' | 'metrics';

export interface RouteTools {
  readonly service: Service;
  readonly metrics: Metrics;
  readonly modelStore: string | undefined;
  /** Register and unregister by HTTP; off unless asked for, as in TorchServe since 0.11.1. */
  readonly enableModelApi: boolean;
  /** Workers of a model registered without a number. */
  readonly defaultWorkers: number;
}

/** What a route answers with: a value to print as JSON, or undefined when it has answered through the reply. */
export type RouteHandler = (call: RouteCall) => Promise<unknown> | unknown;

export interface RouteCall {
  readonly tools: RouteTools;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters; of equal names the first counts. */
  readonly query: URLSearchParams;
}

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
export type Method = (typeof methods)[number];

/** One path with what each method does there; `any` takes the methods that are not named. */
export interface Route {
  readonly path: string;
  readonly role: Role;
  readonly on: Partial<Record<Method | 'any', RouteHandler>>;
}
