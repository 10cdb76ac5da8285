import { fromSegment } from '../exchange/path.ts';
import type { Role, Route, RouteHandler } from '../exchange/route.ts';
import { describeModelInference, inferencePaths } from '../open-api/inference.ts';
import { describeModelManagement, managementPaths } from '../open-api/management.ts';
import { metrics, type Paths, toDocument } from '../open-api/parts.ts';

const pathsOf: Readonly<Record<Role, Paths>> = {
  inference: inferencePaths,
  management: managementPaths,
  metrics: { '/metrics': { get: metrics } },
};

/** The document of one listener with the paths of all its roles; requires no key, as upstream. */
export function openApiRoutes(roles: readonly Role[]): readonly Route[] {
  const paths: Paths = Object.assign({}, ...roles.map((role) => pathsOf[role]));
  const [role] = roles;
  if (role === undefined) return [];
  const show: RouteHandler = () => toDocument(paths);
  return [
    { path: '/', role, access: 'open', on: { OPTIONS: show } },
    { path: '/api-description', role: 'inference', access: 'open', isRead: true, on: { any: show } },
    { path: '/api-description', role: 'management', access: 'open', isRead: true, on: { any: show } },
    ...modelRoutes,
  ];
}

const describeInference: RouteHandler = ({ tools, params }) => describeModelInference(known(tools, params));
const describeManagement: RouteHandler = ({ tools, params }) => describeModelManagement(known(tools, params));

const modelRoutes: readonly Route[] = [
  { path: '/predictions/:model', role: 'inference', on: { OPTIONS: describeInference } },
  { path: '/predictions/:model/:version', role: 'inference', on: { OPTIONS: describeInference } },
  { path: '/models/:model', role: 'management', on: { OPTIONS: describeManagement } },
  { path: '/models/:model/:version', role: 'management', on: { OPTIONS: describeManagement } },
];

/** Throws MODEL_NOT_FOUND. */
function known(
  tools: Parameters<RouteHandler>[0]['tools'],
  { model = '', version }: Readonly<Record<string, string | undefined>>,
): string {
  const name = fromSegment(model);
  tools.service.describe(name, version);
  return name;
}
