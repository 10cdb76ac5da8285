import {
  anything,
  badRequest,
  type Document,
  description,
  inPath,
  json,
  metrics,
  notFound,
  type Operation,
  object,
  oldDescription,
  type Parameter,
  type Paths,
  refused,
  text,
  unavailable,
} from './parts.ts';

const modelName = inPath('model_name', 'Name of the model.');
const modelVersion = inPath('model_version', 'Version of the model.');
const health = object({ status: text('Healthy or Unhealthy.') });

const ping: Operation = {
  description: 'Whether every model has its workers.',
  operationId: 'ping',
  parameters: [],
  responses: { 200: json('Healthy.', health), 500: json('Unhealthy.', health), default: refused },
};

function predict(operationId: string, version: string, parameters: readonly Parameter[]): Operation {
  return {
    description: `A prediction by the ${version} of a model.`,
    operationId,
    parameters,
    requestBody: {
      description: 'The input of the model’s handler: raw bytes, JSON, or a form with one field for each input.',
      content: { '*/*': { schema: anything } },
      required: true,
    },
    responses: {
      200: { description: 'The answer of the model’s handler.', content: { '*/*': { schema: anything } } },
      400: badRequest,
      404: notFound,
      503: unavailable,
      // A handler may set status and content type.
      default: { description: 'An error of the server or of the handler.', content: { '*/*': { schema: anything } } },
    },
  };
}

const paths: Paths = {
  '/': { options: description },
  '/ping': { get: ping },
  '/v1/models/{model_name}:predict': { post: predict('v1_predictions', 'default version', [modelName]) },
  '/v2/models/{model_name}/infer': { post: predict('v2_predictions', 'default version', [modelName]) },
  '/predictions/{model_name}': { post: predict('predictions', 'default version', [modelName]) },
  '/predictions/{model_name}/{model_version}': {
    post: predict('version_predictions', 'named version', [modelName, modelVersion]),
  },
  '/api-description': { get: oldDescription },
  '/metrics': { get: metrics },
};

export { paths as inferencePaths };

/** Answer to `OPTIONS` on a prediction path. As upstream, the path in it lacks an "s". */
export function describeModelInference(name: string): Document {
  const { requestBody: _, ...operation } = predict(name, 'default version', []);
  const post = { ...operation, description: `A prediction by ${name}.` };
  return {
    openapi: '3.0.1',
    info: { title: `RESTful API for: ${name}`, version: '1.0.0' },
    paths: {
      [`/prediction/${name}`]: { post },
      '/v1/models/{model_name}:predict': { post: { ...post, operationId: `v1_${name}`, parameters: [modelName] } },
      '/v2/models/{model_name}/infer': { post: { ...post, operationId: `v2_${name}`, parameters: [modelName] } },
    },
  };
}
