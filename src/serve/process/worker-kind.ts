import type { Manifest } from '../../model/documents/manifest.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import { oneRank, type Ranks } from '../protocol/ranks.ts';
import type { WorkerAddress } from '../protocol/transport.ts';

/** What decides which kind of worker can run a model: manifest and member names, never code. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly handler: HandlerReference;
}

/** How a model-config.yaml wants its workers, beyond what they are told when they load (contract 2.4). */
export interface WorkerManner {
  /** Requests are sent while others run, and answered as they are done. */
  readonly asyncCommunication: boolean;
  /** Undefined for a model in one process that sees every device. */
  readonly parallel: ParallelManner | undefined;
}

export const plainManner: WorkerManner = { asyncCommunication: false, parallel: undefined };

export interface ParallelManner {
  readonly type: 'pp' | 'tp' | 'pptp' | 'custom';
  /** Devices of one worker, and its processes unless they are the handler's own matter (`custom`). */
  readonly level: number;
  readonly torchrun: TorchrunOptions;
}

/** Options of torchrun, by its own names in camel case. */
export interface TorchrunOptions {
  readonly nnodes: number;
  readonly rdzvBackend: string;
  readonly rdzvEndpoint: string | undefined;
  readonly ompNumThreads: number;
}

/** Pipelines hand on what the first stage got; the others need the request at every rank. */
export function ranksOf({ parallel }: WorkerManner): Ranks {
  if (parallel === undefined || parallel.type === 'custom') return oneRank;
  return { count: parallel.level, shareRequests: parallel.type !== 'pp' };
}

/** One worker of a model, for its command line. */
export interface WorkerPlace {
  readonly address: WorkerAddress;
  readonly modelPath: string;
  readonly candidate: Candidate;
  readonly manner: WorkerManner;
  /** Names it among all workers. */
  readonly name: string;
  /** Of the GPUs, those it shall see; undefined for all. */
  readonly devices: readonly number[] | undefined;
}

/** Command line and environment of a worker process. */
export interface WorkerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An extracted model before its first worker starts. */
export interface Preparation {
  readonly model: string;
  readonly folder: string;
  readonly candidate: Candidate;
  readonly onLine: (line: string) => void;
}

type MaybeLater<T> = T | Promise<T>;

/**
 * A program that speaks the worker protocol. Starting, monitoring, dispatching and stopping are the same for all kinds: a
 * new kind is one file, and one line where the service is created.
 */
export interface WorkerKind {
  /** Whether it can do what a `WorkerManner` asks for. */
  readonly takesManner: boolean;
  /** Why this kind cannot run the model, worded as the end of a sentence; undefined when it can. */
  refuse(candidate: Candidate): MaybeLater<string | undefined>;
  /** Called once for each model, before its first worker. */
  prepare?(preparation: Preparation): Promise<void>;
  launch(place: WorkerPlace): MaybeLater<WorkerLaunch>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The server's environment without the variables whose whole name matches. */
export function inheritable(env: Environment, withheld: RegExp | undefined): Environment {
  if (withheld === undefined) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.test(name)));
}

/** Command-line arguments for an address (contract 5.1). */
export function addressArguments(address: WorkerAddress): string[] {
  return address.kind === 'unix'
    ? ['--sock-type', 'unix', '--sock-name', address.path]
    : ['--sock-type', 'tcp', '--host', address.host, '--port', String(address.port)];
}
