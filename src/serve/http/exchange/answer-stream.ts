import type { Outcome } from '../../pool/job.ts';
import type { Prediction } from '../../protocol/messages.ts';
import { answer, setHead } from './answer.ts';
import type { Exchange } from './route.ts';
import { sendHead } from './send.ts';

/** A streamed answer: the first part sends the head of a chunked response (contract 3.3). */
export interface AnswerStream {
  part(prediction: Prediction): void;
  /** The last part, or the whole answer if it is not streamed. */
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
      // The head is sent: only a truncated response can still signal an error.
      else response.destroy();
      return undefined;
    },
  };
}
