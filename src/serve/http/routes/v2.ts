import { ToolError } from '../../../core/errors.ts';
import { packageVersion } from '../../../core/package-info.ts';
import { readModelMetadata } from '../../management/model-metadata.ts';
import type { VersionName } from '../../management/models.ts';
import { fromSegment } from '../exchange/path.ts';
import type { Route, RouteCall, RouteHandler, RouteTools } from '../exchange/route.ts';
import { explain, predict, target } from './inference.ts';

/** Without the Open Inference Protocol: TorchServe's two paths, which pass the body to the handler. */
const plainRoutes: readonly Route[] = [
  { path: '/v2/models/:model/infer', role: 'inference', isCoded: true, on: { any: predict } },
  { path: '/v2/models/:model/explain', role: 'inference', isCoded: true, on: { any: explain } },
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
  const { model, version } = versionOf(call);
  const { name, ready } = await call.tools.service.summary(model, version);
  if (!ready) call.response.statusCode = 503;
  return { name, ready };
};

const metadata: RouteHandler = (call) => readModelMetadata(call.tools.service, versionOf(call));

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
  return { path, role: 'inference', isCoded: true, on, errors: 'v2', ...(access === undefined ? {} : { access }) };
}

export function v2Routes({ openInferenceProtocol }: RouteTools): readonly Route[] {
  return openInferenceProtocol ? protocolRoutes : plainRoutes;
}

function versionOf(call: RouteCall): VersionName {
  const { model, version } = target(call);
  if (model === '') throw new ToolError('MODEL_NOT_FOUND', { model });
  return { model: fromSegment(model), version: version === undefined ? undefined : fromSegment(version) };
}
