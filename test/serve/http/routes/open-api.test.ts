import { expect, test } from 'vitest';
import { readGroup } from '../../goldens/replay.ts';
import { startServer } from '../../serving.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly in: string; readonly name: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What a client is generated from: where, how, under which name and with which parameters. */
function surface({ openapi, info: { title, version }, paths }: Document): unknown {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters }]) => ({
      path,
      method,
      operationId,
      parameters: parameters.map(({ in: place, name, required }) => `${place} ${name}${required ? ' *' : ''}`),
    })),
  );
  return { openapi, title, version, operations };
}

/** A parameter of TorchServe's that its own document leaves out. */
const withoutCustomized = (text: string) =>
  text.replaceAll(',"query customized"', '').replaceAll('"query customized"', '');

test.each([
  ['api-description-inference', 'inference', '/api-description', 'GET'],
  ['openapi-management', 'management', '/', 'OPTIONS'],
  ['openapi-metrics', 'metrics', '/', 'OPTIONS'],
  ['predict-options', 'inference', '/predictions/noop', 'OPTIONS'],
  ['method-options-model', 'management', '/models/noop', 'OPTIONS'],
] as const)('the document %s has TorchServe’s paths, operations and parameters', async (name, role, path, method) => {
  const recorded = (await readGroup('main')).find((exchange) => exchange.name === name);
  const { handle } = await startServer([{ name: 'noop' }], {
    inferenceAddress: 'http://127.0.0.1:0',
    managementAddress: 'http://localhost:0',
    metricsAddress: 'http://LOCALHOST:0',
    port: undefined,
  });
  const seen = (await (await fetch(`${handle.urls[role]}${path}`, { method })).json()) as Document;
  const wanted = JSON.parse(recorded?.response.body ?? '') as Document;
  expect(JSON.parse(withoutCustomized(JSON.stringify(surface(seen))))).toEqual(surface(wanted));
  for (const methods of Object.values(seen.paths))
    for (const { responses } of Object.values(methods)) expect(responses).toHaveProperty('default');
});
