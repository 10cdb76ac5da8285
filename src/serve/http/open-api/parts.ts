/** The subset of OpenAPI 3.0.1 that our documents use. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

export interface Operation {
  readonly description: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, Answer>>;
  readonly deprecated?: true;
}

export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export interface Document {
  readonly openapi: '3.0.1';
  readonly info: Readonly<Record<string, string>>;
  readonly paths: Paths;
}

/** The TorchServe version we are compatible with; clients take it for the server's version. */
export const CONTRACT_VERSION = '0.12.0';

export const text = (description?: string): Schema => ({ type: 'string', ...(description && { description }) });
export const whole = (description?: string): Schema => ({ type: 'integer', ...(description && { description }) });
export const flag = (description?: string): Schema => ({ type: 'boolean', ...(description && { description }) });
export const list = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...(description && { description }),
});
export const anything: Schema = {};

/** An object; properties are required unless listed as optional. */
export function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return { type: 'object', required: Object.keys(properties).filter((name) => !optional.includes(name)), properties };
}

export const inPath = (name: string, description: string): Parameter => ({
  in: 'path',
  name,
  description,
  required: true,
  schema: text(),
});

export const inQuery = (name: string, description: string, schema: Schema, required = false): Parameter => ({
  in: 'query',
  name,
  description,
  required,
  schema,
});

export function json(description: string, schema: Schema): Answer {
  return { description, content: { 'application/json': { schema } } };
}

export const status = (description: string): Answer => json(description, object({ status: text('What was done.') }));

const error = object({
  code: whole('The HTTP status.'),
  type: text('Type of the error, with TorchServe’s name.'),
  message: text('What happened.'),
});
/** The form of every error, also of those that an operation does not list. */
const failure = (description: string): Answer => json(description, error);

export const notFound = failure('No such model, or no such version of it.');
export const unavailable = failure('No worker is available for the request.');
export const badRequest = failure('A parameter is missing or invalid, or the key is not accepted.');
export const refused = failure('Any other error: its status, and the reason.');

export const description: Operation = {
  description: 'This document.',
  operationId: 'apiDescription',
  parameters: [],
  responses: {
    200: json('OpenAPI 3.0.1.', object({ openapi: text(), info: { type: 'object' }, paths: { type: 'object' } })),
    default: refused,
  },
};

export const oldDescription: Operation = { ...description, operationId: 'api-description', deprecated: true };

export const metrics: Operation = {
  description: 'Counters and gauges in the text format of Prometheus.',
  operationId: 'metrics',
  parameters: [inQuery('name[]', 'Only the metrics of this name; may be repeated.', text())],
  responses: {
    200: { description: 'Metrics.', content: { 'text/plain; version=0.0.4; charset=utf-8': { schema: text() } } },
    default: refused,
  },
};

export function toDocument(paths: Paths): Document {
  const info = {
    title: 'TorchServe APIs',
    description: 'TorchServe’s HTTP interface, answered by ts-model-archiver',
    version: CONTRACT_VERSION,
  };
  return { openapi: '3.0.1', info, paths };
}
