import type { LogEvent } from '../../core/context.ts';
import type { PredictionTimes, WorkerLoad } from '../metrics/metrics.ts';
import type { Clock } from '../pool/clock.ts';
import type { WorkerKind } from '../process/worker-kind.ts';
import type { ConfiguredSettings, DefaultSettings } from './model-settings.ts';

/** What a service is made with; everything else about it is its own. */
export interface ServiceOptions {
  /** In order of preference: the first that does not refuse a model runs it. */
  readonly kinds: readonly WorkerKind[];
  /** Throws for an archive that must not run. Passed in, so that this room knows nothing of rules. */
  admit(path: string): Promise<void>;
  readonly defaults: DefaultSettings;
  configured(name: string, version: string): ConfiguredSettings;
  /** Of archives whose manifest names none. */
  readonly defaultHandler: string | undefined;
  /** Name of the envelope that workers wrap requests in; empty for none. */
  readonly envelope: string;
  /** Whether workers refuse images of more pixels than their library thinks sane. */
  readonly limitImagePixels: boolean;
  readonly limits: ServiceLimits;
  readonly clock: Clock;
  backOffMs(failures: number): number;
  /** Told of every prediction that a worker answered. */
  observe(times: PredictionTimes): void;
  onWorkerLoaded(load: WorkerLoad): void;
  /** Told of every line of a worker that is a measurement. */
  onMetric(line: string): void;
  readonly log: (event: LogEvent) => void;
  /** Number of the first worker; those after it count on. */
  readonly firstWorkerId: number;
  /** What is served has changed; who changed it is answered when this is done. */
  onChange(): Promise<void>;
}

export interface ServiceLimits {
  /** Bytes of one answer's body. */
  readonly responseBytes: number;
  /** Bytes of all requests that wait or run. */
  readonly inFlightBytes: number;
  /** Seconds an unregistered model's workers get to finish. */
  readonly unregisterTimeout: number;
}
