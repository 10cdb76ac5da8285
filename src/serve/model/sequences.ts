import { randomUUID } from 'node:crypto';
import type { SequenceMark } from '../pool/sequence-queue.ts';
import { findHeader, type InferenceRequest, type Prediction } from '../protocol/messages.ts';

/** Names of the headers with the sequence of a request (contract 3.3). */
export interface SequenceHeaders {
  readonly id: string;
  readonly start: string;
  readonly end: string;
}

export interface SequencedRequest {
  readonly request: InferenceRequest;
  readonly mark: SequenceMark;
}

/** The request for the worker: one without a sequence starts its own, and its handler may tell the client the id. */
export function toSequenced(request: InferenceRequest, names: SequenceHeaders): SequencedRequest {
  const given = findHeader(request.headers, names.id) ?? '';
  if (given !== '') return { request, mark: { id: given, starts: isTrue(findHeader(request.headers, names.start)) } };
  const id = newSequenceId();
  const replaced = [names.id, names.start].map((name) => name.toLowerCase());
  const others = request.headers.filter(([name]) => !replaced.includes(name.toLowerCase()));
  const headers = [...others, [names.id, id] as const, [names.start, 'true'] as const];
  return { request: { ...request, headers }, mark: { id, starts: true } };
}

/** Of a sequence without an id from its client. */
export function newSequenceId(): string {
  return `ts-seq-${randomUUID()}`;
}

/** Whether the sequence ends with this answer: by the client or by the handler. */
export function endsSequence(
  { request, mark }: SequencedRequest,
  answer: Prediction | undefined,
  names: SequenceHeaders,
): boolean {
  if (isTrue(findHeader(request.headers, names.end))) return true;
  const ended = answer === undefined ? undefined : findHeader(answer.headers, names.end);
  return ended?.split(';').some((id) => id.trim() === mark.id) ?? false;
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
