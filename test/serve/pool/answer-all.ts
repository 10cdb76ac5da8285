import type { InferenceRequest, WorkerResponse } from '../../../src/serve/protocol/messages.ts';

/** What a good worker says: to each request its own id. */
export function answerAll(requests: readonly Pick<InferenceRequest, 'id'>[]): WorkerResponse {
  const predictions = requests.map(({ id }) => ({
    id,
    contentType: '',
    status: 200,
    reason: '',
    headers: [],
    body: Buffer.from(id),
  }));
  return { code: 200, message: '', predictions };
}
