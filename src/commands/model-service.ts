import { resolve } from 'node:path';
import type { Context, LogEvent } from '../core/context.ts';
import { configuredSettings, type ServerConfig } from '../serve/config/server-config.ts';
import type { Measurements } from '../serve/metrics/metrics.ts';
import type { SequenceHeaders } from '../serve/model/sequences.ts';
import { monotonicClock } from '../serve/pool/clock.ts';
import { backOffMs } from '../serve/pool/restart-backoff.ts';
import { nodeWorker } from '../serve/process/node-worker.ts';
import type { WorkerKind } from '../serve/process/worker-kind.ts';
import type { WorkerLine } from '../serve/process/worker-output.ts';
import { pythonWorker } from '../serve/python/python-worker.ts';
import { createService, type Service } from '../serve/service.ts';
import { createAdmission } from './admission/admission.ts';

/** Bytes of all in-flight request bodies, over all models. */
const IN_FLIGHT_BYTES = 256 * 1024 ** 2;

export interface ModelServiceOptions {
  readonly config: ServerConfig;
  readonly device: string;
  readonly threads: number | undefined;
  /** Disables admission: only for archives that are fully trusted. */
  readonly skipValidation: boolean;
  /** A Python program or virtual environment; overrides the configuration. */
  readonly python?: string | undefined;
  /** Where measurements go; nowhere without one. */
  readonly metrics?: Measurements;
  /** What workers print; without this it is logged. */
  readonly onWorkerLine?: (line: WorkerLine) => void;
  /** Whether each measurement of a worker counts, and not the latest alone. */
  readonly everyMeasurement?: boolean;
  /** What is served has changed. */
  readonly onChange?: () => Promise<void>;
}

/** The service of every command: worker kinds in order of preference, the rules as admission. */
export function createModelService(options: ModelServiceOptions, context: Context): Promise<Service> {
  const { config, device, threads, skipValidation, metrics } = options;
  const sequenceHeaders = readSequenceHeaders(config);
  const env = toWorkerEnvironment(context.env, sequenceHeaders);
  return createService({
    kinds: [
      nodeWorker({
        env,
        device: config.number_of_gpu === 0 && device === 'auto' ? 'cpu' : device,
        threads,
        withheld: config.blacklist_env_vars,
        decodeInput: config.decode_input_request,
        everyMeasurement: options.everyMeasurement === true,
      }),
      toPythonWorker(options, { ...context, env }),
    ],
    admit: createAdmission(skipValidation),
    defaults: {
      workers: config.default_workers_per_model,
      responseTimeout: config.default_response_timeout,
      startupTimeout: config.default_startup_timeout,
      jobQueueSize: config.job_queue_size,
      gpus: config.number_of_gpu,
    },
    defaultHandler: config.default_service_handler,
    envelope: config.service_envelope,
    limitImagePixels: config.limit_max_image_pixels,
    configured: (name, version) => configuredSettings(config, name, version),
    sequenceHeaders,
    limits: {
      responseBytes: config.max_response_size,
      inFlightBytes: Math.max(IN_FLIGHT_BYTES, config.max_request_size),
      unregisterTimeout: config.unregister_model_timeout,
    },
    clock: monotonicClock,
    backOffMs,
    observe: (times) => metrics?.countPrediction(times),
    onWorkerLoaded: (load) => metrics?.noteLoad(load),
    onWorkerLine: options.onWorkerLine ?? ((line) => context.log(toLogEvent(line))),
    onMetric: (line) => metrics?.noteLine(line),
    log: context.log,
    firstWorkerId: config.initial_worker_port,
    onChange: options.onChange ?? (async () => {}),
  });
}

/** Headers that say which requests belong together. */
export function readSequenceHeaders(config: ServerConfig): SequenceHeaders {
  return {
    id: config.ts_header_key_sequence_id,
    start: config.ts_header_key_sequence_start,
    end: config.ts_header_key_sequence_end,
  };
}

/** Workers know the headers of sequences by these variables, as TorchServe's do. */
function toWorkerEnvironment(env: Context['env'], { id, start, end }: SequenceHeaders): Context['env'] {
  return { ...env, TS_REQUEST_SEQUENCE_ID: id, TS_REQUEST_SEQUENCE_START: start, TS_REQUEST_SEQUENCE_END: end };
}

/** As everyone reads it who has no log files. */
export function toLogEvent({ model, worker, text }: WorkerLine): LogEvent {
  return { kind: 'line', message: `[${model} ${worker}] ${text}` };
}

function toPythonWorker(
  { config, threads, skipValidation, python }: ModelServiceOptions,
  context: Context,
): WorkerKind {
  const chosen = python ?? config.python;
  return pythonWorker({
    env: context.env,
    // A bare name is looked up on the PATH; anything else is a path.
    python: chosen === undefined || !/[\\/]|^\./.test(chosen) ? chosen : resolve(context.cwd, chosen),
    metricsConfig: config.metrics_config === undefined ? undefined : resolve(context.cwd, config.metrics_config),
    decodeInput: config.decode_input_request,
    withheld: config.blacklist_env_vars,
    threads,
    installRequirements: config.install_py_dep_per_model,
    foreignHandlers: skipValidation,
  });
}
