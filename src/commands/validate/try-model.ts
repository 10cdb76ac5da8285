import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Context, LogEvent } from '../../core/context.ts';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { describeError, isToolError, type ToolError } from '../../core/errors.ts';
import { resolveConfig } from '../../serve/config/server-config.ts';
import type { Outcome } from '../../serve/pool/job.ts';
import { createTracebackReader } from '../../serve/process/python-traceback.ts';
import type { Service } from '../../serve/service.ts';
import { isAnswer, type Subject, type Trial } from '../../validate/subject.ts';
import { findRefused } from '../admission/admit.ts';
import { createModelService } from '../model-service.ts';
import { makeUpRequests, type TrialRequest } from './made-up-request.ts';

/** Most characters of an answer in a finding. */
const SHOWN = 400;
/** From here on a status of HTTP says that the server is at fault. */
const FIRST_SERVER_STATUS = 500;

/** Loads the model of a subject as a server would and asks it until it answers. What goes wrong is told, not thrown. */
export async function tryModel(
  subject: Subject,
  { python }: { readonly python: string | undefined },
  context: Context,
): Promise<Trial> {
  const unsafe = await findUnsafe(subject);
  if (unsafe !== undefined) return { kind: 'unsafe', reason: unsafe };
  const { values: config } = resolveConfig(undefined, {}, context.env);
  // The safety rules have just checked this file.
  const options = { config, device: 'auto', threads: undefined, skipValidation: true, python };
  const said: string[] = [];
  const service = await createModelService(options, { ...context, log: (event) => void said.push(readLine(event)) });
  const stop = () => void service.close(0);
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    const { path } = subject;
    const { name } = await service.register({ path, url: basename(path), initialWorkers: 1 });
    return await askUntilAnswered(service, name, makeUpRequests(subject), said, context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    return toFailure(error);
  } finally {
    context.signal.removeEventListener('abort', stop);
    await service.close(0);
  }
}

type Answered = Extract<Trial, { readonly kind: 'answered' }>;

/** The first answer, or the refusal of the last request. A worker that died has judged them all. */
async function askUntilAnswered(
  service: Service,
  model: string,
  requests: AsyncIterable<TrialRequest>,
  said: string[],
  signal: AbortSignal,
): Promise<Trial> {
  let refused: Answered | undefined;
  let tries = 0;
  for await (const input of requests) {
    said.length = 0;
    const call = { model, version: undefined, request: toRequest(input) };
    let hasDied = false;
    const outcome = await service.predict(call).catch((error: unknown) => {
      hasDied = true;
      return toDeath(error);
    });
    signal.throwIfAborted();
    const trial = toTrial(input, outcome, said);
    if (isAnswer(trial)) return trial;
    refused = trial;
    tries++;
    if (hasDied) break;
  }
  if (refused === undefined) return { kind: 'not-here', reason: 'there is no request to send' };
  if (tries === 1) return refused;
  const { label, isKnown } = refused.input;
  return { ...refused, input: { label: `${label}, as ${tries - 1} of other sizes before,`, isKnown } };
}

/** What a server would refuse, but for the handler's own faults: those the trial is to show. */
async function findUnsafe(subject: Subject): Promise<string | undefined> {
  const first = (await findRefused(subject)).find(({ rule }) => !rule.startsWith('handler/'));
  return first && `${first.rule} says: ${first.message.replace(/\.$/, '')}`;
}

/** Errors about this machine, not about the archive. */
const NOT_HERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['MODEL_UNSERVABLE', 'PACKAGE_MISSING']);

function toFailure(error: unknown): Trial {
  if (!isToolError(error)) throw error;
  if (NOT_HERE.has(error.code)) return { kind: 'not-here', reason: error.message.replace(/\.$/, '') };
  return { kind: 'not-loaded', reason: hideFolder(wordDeath(error)), hint: error.hint };
}

/** A worker's death is a result too: the answer a client would get. */
function toDeath(error: unknown): Outcome {
  if (!isDeath(error)) throw error;
  return { kind: 'failed', status: 500, message: hideFolder(wordDeath(error)) };
}

const isDeath = (error: unknown): error is ToolError =>
  isToolError(error) && (error.code === 'WORKER_DIED' || error.code === 'WORKER_OUT_OF_MEMORY');

/** Cause of a worker's death: the first line is the error, the rest its last output. */
function wordDeath(error: ToolError): string {
  const death = isDeath(error.cause) ? error.cause : error;
  return describeError(death).replace(/^Worker died\. (Cause: )?/, '');
}

/** Removes the path of the extracted model, which is temporary: its files keep their names in the archive. */
function hideFolder(text: string): string {
  return text.replace(/[^\s'"]*[\\/]models[\\/][0-9a-f-]{36}[\\/]/g, '');
}

/** An output line without the worker's name. */
function readLine(event: LogEvent): string {
  return event.kind === 'progress' ? '' : hideFolder(event.message.replace(/^\[[^\]]*\] /, ''));
}

function toRequest({ contentType, body }: TrialRequest) {
  const headers = contentType === '' ? [] : [['Content-Type', contentType] as const];
  return { id: randomUUID(), headers, parameters: [{ name: 'body', contentType, value: body }] };
}

/** A client is told little of what went wrong in a handler: the cause comes with the outcome, or from the log of a Python worker. */
function toTrial({ label, isKnown }: TrialRequest, outcome: Outcome, said: readonly string[]): Answered {
  const input = { label, isKnown };
  if (outcome.kind === 'failed') {
    const traceback = createTracebackReader();
    for (const line of said) traceback.push(line);
    const lines = outcome.cause === undefined ? said : hideFolder(outcome.cause).split('\n');
    // A fault of the request is told to the client in full; the log has it once more.
    const isTold = outcome.status < FIRST_SERVER_STATUS;
    const own = isTold ? undefined : (traceback.cause ?? lines.find((line) => line.trim() !== ''));
    const message = own === undefined ? outcome.message : `${outcome.message} (${own})`;
    return { kind: 'answered', input, status: outcome.status, message: message.slice(0, SHOWN) };
  }
  const { status, body } = outcome.prediction;
  const message = new TextDecoder().decode(body.subarray(0, SHOWN));
  return { kind: 'answered', input, status, message };
}
