import type { Outcome } from '../../pool/job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import { answer, setHead } from './answer.ts';
import type { Exchange } from './route.ts';
import { sendHead } from './send.ts';

/** An answer that may come in pieces: the first opens a chunked response with its head (contract 3.3). */
export interface AnswerStream {
  part(prediction: Prediction): void;
  /** The last piece, or the whole answer when there were no others. */
  end(answering: Promise<Outcome>): Promise<undefined>;
}

export function createAnswerStream(exchange: Exchange): AnswerStream {
  const { response } = exchange;
  let isOpen = false;
  const endWith = (body: Uint8Array) => {
    response.end(body);
    exchange.listener.unread.watch(response);
  };
  return {
    part(prediction) {
      if (!isOpen) {
        setHead(exchange, prediction);
        sendHead(exchange);
      }
      isOpen = true;
      response.write(prediction.body);
      exchange.listener.unread.watch(response);
    },
    async end(answering) {
      const outcome = await answering;
      if (!isOpen) answer(exchange, outcome);
      else if (outcome.kind === 'answered') endWith(outcome.prediction.body);
      // The head is gone: only a response that is cut off can still say that something went wrong.
      else response.destroy();
      return undefined;
    },
  };
}
