import { ToolError } from '../../core/errors.ts';
import { type Access, accessOf, accessOfUnknown } from '../http/access/authorize.ts';
import type { GrpcRole, GrpcService, GrpcTools, Method } from './exchange/method.ts';
import { CallFailed, codes } from './exchange/status.ts';
import { healthService } from './services/health.ts';
import { inferenceService } from './services/inference.ts';
import { managementService } from './services/management.ts';
import { openInferenceServices } from './services/open-inference.ts';

export interface MethodTable {
  /** The method of a path. Throws TOKEN_REFUSED, or CallFailed for a path that names none. */
  admit(path: string, credential: string | undefined): Method<unknown, unknown>;
}

interface Entry {
  readonly method: Method<unknown, unknown>;
  readonly access: Access;
}

const allServices: readonly GrpcService[] = [inferenceService, managementService, ...openInferenceServices];

/** The methods of one listener. */
export function createMethodTable(tools: GrpcTools, roles: readonly GrpcRole[]): MethodTable {
  const own = allServices.filter(({ role }) => roles.includes(role));
  const services = [...own, healthService(own.map(({ name }) => name))];
  const entries = new Map(
    services.flatMap(({ name, role, methods }) =>
      Object.entries(methods).map(([method, defined]): [string, Entry] => [
        `/${name}/${method}`,
        { method: defined, access: defined.access ?? accessOf({ role }) },
      ]),
    ),
  );
  const unknownAccess = accessOfUnknown(roles);
  const isAccepted = (access: Access, credential: string | undefined) =>
    access === 'open' || tools.keys === undefined || tools.keys.accepts(access, credential);
  return {
    admit(path, credential) {
      const found = entries.get(path);
      const accepted = found === undefined ? unknownAccess : [found.access];
      if (!isOpenPing(tools, path) && !accepted.some((access) => isAccepted(access, credential)))
        throw new ToolError('TOKEN_REFUSED', { step: 'Authorization' });
      if (found === undefined) throw new CallFailed(codes.unimplemented, `There is no method ${path.slice(1)}.`);
      return found.method;
    },
  };
}

/** As `/ping`. */
function isOpenPing({ keyForPing }: GrpcTools, path: string): boolean {
  return !keyForPing && path === `/${inferenceService.name}/Ping`;
}
