import { infer, onlyModel } from '../exchange/infer.ts';
import type { Route, RouteCall, RouteHandler } from '../exchange/route.ts';

export const predict: RouteHandler = (call) => infer(call, target(call));
export const explain: RouteHandler = (call) => infer(call, { ...target(call), explain: true });
const predictLegacy: RouteHandler = (call) => infer(call, { ...target(call), queryInputsBut: [] });
const invoke: RouteHandler = (call) => {
  const model = call.params.model ?? call.query.get('model_name') ?? onlyModel(call);
  return infer(call, { model, queryInputsBut: ['model_name'] });
};

/** Any method predicts: upstream does not check it. */
export const inferenceRoutes: readonly Route[] = [
  { path: '/predictions/:model', role: 'inference', on: { any: predict } },
  { path: '/predictions/:model/:version', role: 'inference', on: { any: predict } },
  { path: '/predictions/:model/:version/*', role: 'inference', on: { any: predict } },
  { path: '/explanations/:model', role: 'inference', on: { any: explain } },
  { path: '/explanations/:model/:version', role: 'inference', on: { any: explain } },
  // The path of SageMaker, and that of TorchServe's predecessor.
  { path: '/invocations', role: 'inference', on: { any: invoke } },
  { path: '/models/:model/invoke', role: 'inference', on: { any: invoke } },
  { path: '/:model/predict', role: 'inference', on: { any: predictLegacy } },
  { path: '/:model/:version/predict', role: 'inference', on: { any: predictLegacy } },
];

export function target({ params: { model = '', version } }: RouteCall): { model: string; version: string | undefined } {
  return { model, version };
}
