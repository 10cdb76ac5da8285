import { ToolError } from '../../../core/errors.ts';
import { packageVersion } from '../../../core/package-info.ts';
import { toV2Spec } from '../../../handlers/tensors/v2.ts';
import { fromSegment } from '../exchange/path.ts';
import type { Route, RouteCall, RouteHandler, RouteTools } from '../exchange/route.ts';
import { explain, predict, target } from './inference.ts';

/** Without the Open Inference Protocol: TorchServe's two paths, which pass the body to the handler unchanged. */
const plainRoutes: readonly Route[] = [
  { path: '/v2/models/:model/infer', role: 'inference', on: { any: predict } },
  { path: '/v2/models/:model/explain', role: 'inference', on: { any: explain } },
];

const server: RouteHandler = () => ({
  name: 'ts-model-archiver',
  version: packageVersion(),
  extensions: ['kserve', 'kubeflow', 'binary_tensor_data'],
});

const live: RouteHandler = () => ({ live: true });

const ready: RouteHandler = ({ tools, response }) => {
  const { ready } = tools.service;
  if (!ready) response.statusCode = 503;
  return { ready };
};

const modelReady: RouteHandler = async (call) => {
  const { name, ready } = await summarize(call);
  if (!ready) call.response.statusCode = 503;
  return { name, ready };
};

/** Names, types and shapes of the tensors; empty unless the weights are ONNX. */
const metadata: RouteHandler = async (call) => {
  const { name, signature } = await summarize(call);
  const versions = call.tools.service.describe(name, 'all').map(({ version }) => version);
  const platform = signature === undefined ? 'torchserve_handler' : 'onnxruntime_onnx';
  const inputs = signature?.inputs.map(toV2Spec) ?? [];
  return { name, versions, platform, inputs, outputs: signature?.outputs.map(toV2Spec) ?? [] };
};

/** The Open Inference Protocol (KServe v2), with binary tensors. */
const protocolRoutes: readonly Route[] = [
  route('/v2', { GET: server }),
  route('/v2/health/live', { GET: live }, 'open'),
  route('/v2/health/ready', { GET: ready }, 'open'),
  ...['/v2/models/:model', '/v2/models/:model/versions/:version'].flatMap((path) => [
    route(path, { GET: metadata }),
    route(`${path}/ready`, { GET: modelReady }),
    route(`${path}/infer`, { POST: predict }),
    route(`${path}/explain`, { POST: explain }),
  ]),
];

function route(path: string, on: Route['on'], access?: 'open'): Route {
  return { path, role: 'inference', on, errors: 'v2', ...(access === undefined ? {} : { access }) };
}

export function v2Routes({ openInferenceProtocol }: RouteTools): readonly Route[] {
  return openInferenceProtocol ? protocolRoutes : plainRoutes;
}

async function summarize(call: RouteCall) {
  const { model, version } = target(call);
  if (model === '') throw new ToolError('MODEL_NOT_FOUND', { model });
  return call.tools.service.summary(fromSegment(model), version === undefined ? undefined : fromSegment(version));
}
