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

/** TorchServe's document as a generator can read it: each operation has a name of its own, and what a path takes is declared. */
const asGenerated = ({ paths, ...rest }: Document): Document => ({
  ...rest,
  paths: Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => {
      const version = /^\/(v[12])\//.exec(path)?.[1];
      if (version === undefined) return [path, methods];
      const parameters = [{ in: 'path', name: 'model_name', required: true }];
      const named = Object.entries(methods).map(([method, operation]) => [
        method,
        { ...operation, operationId: `${version}_${operation.operationId}`, parameters },
      ]);
      return [path, Object.fromEntries(named)];
    }),
  ),
});

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
  expect(JSON.parse(withoutCustomized(JSON.stringify(surface(seen))))).toEqual(surface(asGenerated(wanted)));
  for (const methods of Object.values(seen.paths))
    for (const { responses } of Object.values(methods)) expect(responses).toHaveProperty('default');
});

test('code generators accept the documents: operations have unique names, and paths declare their parameters', async () => {
  const { handle } = await startServer([{ name: 'noop' }]);
  for (const [path, method] of [
    ['/api-description', 'GET'],
    ['/', 'OPTIONS'],
    ['/predictions/noop', 'OPTIONS'],
    ['/models/noop', 'OPTIONS'],
  ] as const) {
    const { paths } = (await (await fetch(`${handle.urls.inference}${path}`, { method })).json()) as Document;
    const operations = Object.entries(paths).flatMap(([template, methods]) =>
      Object.values(methods).map((operation) => ({ template, ...operation })),
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.length, path).toBeGreaterThan(0);
    expect(new Set(ids).size, ids.join(' ')).toBe(ids.length);
    for (const { template, parameters } of operations) {
      const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(declared.sort(), template).toEqual([...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
    }
  }
});
