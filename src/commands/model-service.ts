import type { Context } from '../core/context.ts';
import { backOffMs } from '../serve/back-off.ts';
import { monotonicClock } from '../serve/batch-queue.ts';
import type { PredictionTimes } from '../serve/metrics.ts';
import { nodeWorker } from '../serve/node-worker.ts';
import { configuredSettings, type ServerConfig } from '../serve/server-config.ts';
import { createService, type Service } from '../serve/service.ts';

/** Sum of the bodies that wait or run, over all models: a bound on memory that no number of clients can pass. */
const IN_FLIGHT_BYTES = 256 * 1024 ** 2;

export interface ModelServiceOptions {
  readonly config: ServerConfig;
  readonly device: string;
  readonly threads: number | undefined;
  /** The named escape from validation: only for archives whose every byte is trusted. */
  readonly skipValidation: boolean;
  readonly observe?: (times: PredictionTimes) => void;
}

/** The service as every command runs it: kinds of workers in order, and the rules as admission. */
export function createModelService(options: ModelServiceOptions, context: Context): Promise<Service> {
  const { config, device, threads, skipValidation } = options;
  return createService({
    kinds: [nodeWorker({ env: context.env, device, threads })],
    admit: async (path) => {
      if (skipValidation) return;
      const { admit } = await import('./admit.ts');
      await admit(path);
    },
    defaults: {
      workers: config.default_workers_per_model,
      responseTimeout: config.default_response_timeout,
      startupTimeout: config.default_startup_timeout,
      jobQueueSize: config.job_queue_size,
    },
    configured: (name, version) => configuredSettings(config, name, version),
    limits: {
      responseBytes: config.max_response_size,
      inFlightBytes: Math.max(IN_FLIGHT_BYTES, config.max_request_size),
      unregisterTimeout: config.unregister_model_timeout,
    },
    clock: monotonicClock,
    backOffMs,
    observe: options.observe ?? (() => {}),
    log: context.log,
  });
}
