import type { Manifest } from '../../model/documents/manifest.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import type { WorkerAddress } from '../protocol/transport.ts';

/** What decides who can run a model: manifest and member names, never code. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly handler: HandlerReference;
}

/** A process to start. */
export interface WorkerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A model that was extracted and is about to be registered. */
export interface Preparation {
  readonly model: string;
  readonly folder: string;
  readonly candidate: Candidate;
  readonly onLine: (line: string) => void;
}

type MaybeLater<T> = T | Promise<T>;

/**
 * A program that speaks the worker protocol. Everything else (starting, watching, feeding, ending it) is the same for all
 * kinds, so a new kind is one file and one line where the service is put together.
 */
export interface WorkerKind {
  readonly name: string;
  /** Why this kind cannot run the model, as the end of a sentence; undefined when it can. */
  refuse(candidate: Candidate): MaybeLater<string | undefined>;
  /** Once for each model, before its first worker. */
  prepare?(preparation: Preparation): Promise<void>;
  launch(address: WorkerAddress, modelPath: string, candidate: Candidate): MaybeLater<WorkerLaunch>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a worker inherits of the server's environment: all but the variables of these (whole) names. */
export function inheritable(env: Environment, withheld: RegExp | undefined): Environment {
  if (withheld === undefined) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !withheld.test(name)));
}

/** The worker interface's words for an address (contract 5.1). */
export function addressArguments(address: WorkerAddress): string[] {
  return address.kind === 'unix'
    ? ['--sock-type', 'unix', '--sock-name', address.path]
    : ['--sock-type', 'tcp', '--host', address.host, '--port', String(address.port)];
}
