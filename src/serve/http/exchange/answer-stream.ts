import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Outcome } from '../../pool/job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import { answer, writeHead } from './answer.ts';

/** An answer that may come in pieces: the first opens a chunked response with its head (contract 3.3). */
export interface AnswerStream {
  part(prediction: Prediction): void;
  /** The last piece, or the whole answer when there were no others. */
  end(answering: Promise<Outcome>): Promise<undefined>;
}

export function createAnswerStream(reply: FastifyReply): AnswerStream {
  let stream: PassThrough | undefined;
  return {
    part(prediction) {
      if (stream === undefined) {
        stream = new PassThrough();
        writeHead(reply, prediction);
        reply.send(stream);
      }
      stream.write(prediction.body);
    },
    async end(answering) {
      try {
        const outcome = await answering;
        if (stream === undefined) return answer(reply, outcome);
        if (outcome.kind === 'answered') stream.end(outcome.prediction.body);
        // The head is gone: only a response that is cut off can still say that something went wrong.
        else stream.destroy(new Error(outcome.message));
      } catch (error) {
        if (stream === undefined) throw error;
        stream.destroy(error instanceof Error ? error : undefined);
      }
      return undefined;
    },
  };
}
