import { defineMethod, type GrpcService, type GrpcTools, type MethodCall } from '../exchange/method.ts';
import { CallFailed, codes } from '../exchange/status.ts';
import { healthCheckRequest, healthCheckResponse, servingStatus } from '../messages/health.ts';

const NAME = 'grpc.health.v1.Health';
/** How often one who watches is looked after. */
const WATCH_INTERVAL_MS = 1_000;

/**
 * What an orchestrator asks, which holds no key. The empty name asks whether requests can be answered now, as `/readyz`; the
 * name of this service whether the server is there at all, as `/livez`.
 */
export function healthService(services: readonly string[]): GrpcService {
  const statusOf = (service: string, { service: served }: GrpcTools): number => {
    if (service === NAME) return servingStatus.serving;
    if (service !== '' && !services.includes(service)) return servingStatus.serviceUnknown;
    return served.ready ? servingStatus.serving : servingStatus.notServing;
  };
  return {
    name: NAME,
    role: 'inference',
    methods: {
      Check: defineMethod({
        request: healthCheckRequest,
        answer: healthCheckResponse,
        access: 'open',
        run({ service }, { tools }) {
          const status = statusOf(service, tools);
          if (status === servingStatus.serviceUnknown)
            throw new CallFailed(codes.notFound, `There is no service ${service}.`);
          return { status };
        },
      }),
      Watch: defineMethod({
        request: healthCheckRequest,
        answer: healthCheckResponse,
        access: 'open',
        run: ({ service }, call) => watch(() => statusOf(service, call.tools), call),
      }),
    },
  };
}

/** Sends the status now and at each change, until the client goes or the server closes. */
function watch(
  statusNow: () => number,
  { send, onGone, closing }: MethodCall<{ readonly status: number }>,
): Promise<{ status: number } | undefined> {
  let last = statusNow();
  send({ status: last });
  return new Promise((resolve) => {
    const stop = (answer: { status: number } | undefined) => {
      clearInterval(timer);
      closing.removeEventListener('abort', onClosing);
      resolve(answer);
    };
    const onClosing = () => stop({ status: servingStatus.notServing });
    const timer = setInterval(() => {
      const status = statusNow();
      if (status !== last) send({ status });
      last = status;
    }, WATCH_INTERVAL_MS).unref();
    closing.addEventListener('abort', onClosing);
    onGone(() => stop(undefined));
  });
}
