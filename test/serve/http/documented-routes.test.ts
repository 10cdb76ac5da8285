import { expect, test } from 'vitest';
import type { RouteTools } from '../../../src/serve/http/exchange/route.ts';
import { inferencePaths } from '../../../src/serve/http/open-api/inference.ts';
import { managementPaths } from '../../../src/serve/http/open-api/management.ts';
import { routesOf } from '../../../src/serve/http/router.ts';

/** Routes that no document lists: TorchServe's documents are clients' contracts, and these are described elsewhere. */
const described: Readonly<Record<string, string>> = {
  '/livez': 'docs/serving.md, Probes',
  '/readyz': 'docs/serving.md, Probes',
  '/playground/models': 'what the page at the root shows; no interface',
  '/predictions/:model/:version/*': 'the rest of the path goes to the handler (contract 3.3)',
  '/explanations/:model': 'contract 3.3; absent from TorchServe’s document',
  '/explanations/:model/:version': 'contract 3.3; absent from TorchServe’s document',
  '/invocations': 'the interface of SageMaker',
  '/models/:model/invoke': 'the interface of SageMaker',
  '/:model/predict': 'contract 3.3; TorchServe keeps it for its predecessor’s clients',
  '/:model/:version/predict': 'contract 3.3; TorchServe keeps it for its predecessor’s clients',
  '/v1/models/:model': 'KServe’s first protocol',
  '/v2/models/:model/explain': 'contract 3.3; absent from TorchServe’s document',
  '/workflows': 'contract 3.6; absent from TorchServe’s document',
  '/workflows/:workflow': 'contract 3.6; absent from TorchServe’s document',
  '/wfpredict/:workflow': 'contract 3.6; absent from TorchServe’s document',
  '/token': 'contract 3.2; absent from TorchServe’s document',
};

/** The Open Inference Protocol has a document of its own. */
const isOpenInference = (path: string) => path.startsWith('/v2');

/** Parameters have other names in a document. */
const toShape = (path: string) =>
  path.replace(/:target\(.*\)$/, '*:predict').replace(/\{[^}]+\}|:(?!predict)\w+/g, '*');

test('every route is in a document, or listed here with the place that describes it', () => {
  const documented = new Set(Object.keys({ ...inferencePaths, ...managementPaths }).map(toShape));
  const pathsOf = (openInferenceProtocol: boolean) =>
    routesOf({ openInferenceProtocol } as RouteTools, ['inference', 'management', 'metrics']).map(({ path }) => path);
  const paths = [...pathsOf(false), ...pathsOf(true).filter((path) => !isOpenInference(path))];
  const isKnown = (path: string) => documented.has(toShape(path)) || path in described;
  expect(paths.filter((path) => !isKnown(path))).toEqual([]);
  expect(Object.keys(described).filter((path) => !paths.includes(path) || documented.has(toShape(path)))).toEqual([]);
  const shapes = new Set(paths.map(toShape));
  expect([...documented].filter((path) => !shapes.has(path))).toEqual([]);
});
