import type { Manifest } from '../../model/documents/manifest.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import type { WorkerAddress } from '../protocol/transport.ts';

/** What decides which kind of worker can run a model: manifest and member names, never code. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly handler: HandlerReference;
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
  /** Why this kind cannot run the model, worded as the end of a sentence; undefined when it can. */
  refuse(candidate: Candidate): MaybeLater<string | undefined>;
  /** Called once for each model, before its first worker. */
  prepare?(preparation: Preparation): Promise<void>;
  launch(address: WorkerAddress, modelPath: string, candidate: Candidate): MaybeLater<WorkerLaunch>;
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
