import type { LogEvent } from '../../core/context.ts';
import type { PredictionTimes, WorkerLoad } from '../metrics/metrics.ts';
import type { Clock } from '../pool/clock.ts';
import type { WorkerKind } from '../process/worker-kind.ts';
import type { WorkerLine } from '../process/worker-output.ts';
import type { ConfiguredSettings, DefaultSettings } from './model-settings.ts';
import type { SequenceHeaders } from './sequences.ts';

export interface ServiceOptions {
  /** In order of preference: the first that does not refuse a model runs it. */
  readonly kinds: readonly WorkerKind[];
  /** Throws for an archive that must not run. Passed in: this room does not import the rules. */
  admit(path: string): Promise<void>;
  readonly defaults: DefaultSettings;
  configured(name: string, version: string): ConfiguredSettings;
  /** For archives whose manifest names none. */
  readonly defaultHandler: string | undefined;
  /** Service envelope of the workers; empty for none. */
  readonly envelope: string;
  /** Whether workers bound the pixels of an image. */
  readonly limitImagePixels: boolean;
  readonly sequenceHeaders: SequenceHeaders;
  readonly limits: ServiceLimits;
  readonly clock: Clock;
  backOffMs(failures: number): number;
  /** Called for every prediction that a worker answered. */
  observe(times: PredictionTimes): void;
  onWorkerLoaded(load: WorkerLoad): void;
  /** Called with every output line of a worker, without those of the protocol and of metrics. */
  onWorkerLine(line: WorkerLine): void;
  /** Called with every metric line of a worker. */
  onMetric(line: WorkerLine): void;
  readonly log: (event: LogEvent) => void;
  /** Id of the first worker; the next ones count up. */
  readonly firstWorkerId: number;
  /** Called after every change; the change is answered when this is done. */
  onChange(): Promise<void>;
}

export interface ServiceLimits {
  /** Bytes of one answer's body. */
  readonly responseBytes: number;
  /** Bytes of all requests in flight. */
  readonly inFlightBytes: number;
  /** Seconds for the workers of an unregistered model to finish. */
  readonly unregisterTimeout: number;
}
