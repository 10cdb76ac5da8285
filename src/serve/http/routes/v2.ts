import { infer } from '../infer.ts';
import type { Route, RouteHandler, RouteTools } from '../route.ts';

const predict: RouteHandler = (call) => infer(call, { model: call.params.model ?? '' });
const explain: RouteHandler = (call) => infer(call, { model: call.params.model ?? '', explain: true });

/** Without the Open Inference Protocol: TorchServe's two paths, which hand the body to the handler as it is. */
const plainRoutes: readonly Route[] = [
  { path: '/v2/models/:model/infer', role: 'inference', on: { any: predict } },
  { path: '/v2/models/:model/explain', role: 'inference', on: { any: explain } },
];

export function v2Routes({ openInferenceProtocol }: RouteTools): readonly Route[] {
  return openInferenceProtocol ? plainRoutes : plainRoutes;
}
