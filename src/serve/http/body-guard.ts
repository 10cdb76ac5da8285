import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { endWith, type RawAnswer, rawAnswers } from './raw-answer.ts';

/** What clients may do while they send: one alone cannot wait for ever, all together cannot fill the memory. */
export interface BodyLimits {
  /** Bytes of all bodies that have begun and not ended. Counted as they come: a length that is only claimed costs nothing. */
  readonly bytes: number;
  /** Milliseconds between two pieces of a body. */
  readonly idleMs: number;
}

export function guardBodies(app: FastifyInstance, { bytes: limit, idleMs }: BodyLimits): void {
  let arriving = 0;
  const watch = (message: IncomingMessage) => {
    let bytes = 0;
    const refuse = (answer: RawAnswer) => {
      message.pause();
      endWith(message.socket, answer);
    };
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      arriving += chunk.length;
      if (arriving > limit) refuse(rawAnswers.tooMuch);
    });
    message.setTimeout(idleMs, () => refuse(rawAnswers.timedOut));
    // Afterwards silence is ours: a prediction may take longer.
    message.once('end', () => message.setTimeout(0));
    message.once('close', () => {
      arriving -= bytes;
    });
  };
  app.addHook('preParsing', ({ raw, headers }, _reply, payload, next) => {
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (hasBody) watch(raw);
    next(null, payload);
  });
}
