import { ToolError } from '../../../core/errors.ts';
import { takePage } from '../../management/page.ts';
import { joinLeaves } from '../../workflow/join-leaves.ts';
import { locateWorkflow } from '../../workflow/locate-workflow.ts';
import { readParameters } from '../exchange/body.ts';
import { collectHeaders } from '../exchange/infer.ts';
import { JSON_TYPE } from '../exchange/json.ts';
import { fromSegment } from '../exchange/path.ts';
import { atLeast, readOptions, readPage, toInteger } from '../exchange/request-options.ts';
import type { Route, RouteCall, RouteHandler } from '../exchange/route.ts';
import { send } from '../exchange/send.ts';

const list: RouteHandler = ({ tools, query }) => {
  const { items, next } = takePage(tools.workflows.list(), readPage(query));
  return { ...next, workflows: items.map(({ name, url }) => ({ workflowName: name, workflowUrl: url })) };
};

const register: RouteHandler = async (call) => {
  const { tools } = call;
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  const given = readOptions(call);
  const url = given('url');
  if (url === undefined) throw new ToolError('REQUEST_INVALID', { message: 'Parameter url is required.' });
  const name = await tools.workflows.register({
    ...(await locateWorkflow(url, tools.workflowPlaces)),
    url,
    name: given('workflow_name'),
    responseTimeout: atLeast(1, toInteger(given('response_timeout'))),
    startupTimeout: atLeast(1, toInteger(given('startup_timeout'))),
  });
  return { status: `Workflow ${name} has been registered and scaled successfully.` };
};

const describe: RouteHandler = ({ tools, params }) => {
  const { name, url, globals, dag } = tools.workflows.describe(target(params));
  const { minWorkers, maxWorkers, batchSize, maxBatchDelay } = globals;
  return [{ workflowName: name, workflowUrl: url, minWorkers, maxWorkers, batchSize, maxBatchDelay, workflowDag: dag }];
};

const unregister: RouteHandler = async ({ tools, params }) => {
  if (!tools.enableModelApi) throw new ToolError('METHOD_NOT_ALLOWED', {});
  const name = target(params);
  await tools.workflows.unregister(name);
  return { status: `Workflow "${name}" unregistered` };
};

/** The answer of an only leaf as it is; of several leaves one JSON object (contract 3.6). */
const predict: RouteHandler = async (call) => {
  const { tools, request, response, answerHeaders, body, params } = call;
  const leaves = await tools.workflows.predict({
    workflow: target(params),
    headers: [...collectHeaders(request.rawHeaders)],
    parameters: await readParameters(request.headers['content-type'], body),
    onGone: (drop) => void response.once('close', drop),
  });
  const [only, ...others] = leaves;
  answerHeaders['content-type'] = JSON_TYPE;
  send(call, only !== undefined && others.length === 0 ? only.body : joinLeaves(leaves));
  return undefined;
};

export const workflowRoutes: readonly Route[] = [
  { path: '/workflows', role: 'management', on: { GET: list, POST: register } },
  { path: '/workflows/:workflow', role: 'management', on: { GET: describe, DELETE: unregister } },
  // As for models, any method predicts.
  { path: '/wfpredict/:workflow', role: 'inference', on: { any: predict } },
];

function target({ workflow = '' }: RouteCall['params']): string {
  return fromSegment(workflow);
}
