import type { CodecLimits } from './codec.ts';
import { connectWorker, type WorkerAddress, type WorkerConnection } from './transport.ts';

/** How the processes of one worker are spoken to. */
export interface Ranks {
  readonly count: number;
  /** Whether every one is sent each request, as tensor parallelism needs; otherwise the first alone. The first alone answers. */
  readonly shareRequests: boolean;
}

export const oneRank: Ranks = { count: 1, shareRequests: false };

/** Where a rank listens: TorchServe's worker adds its rank to the number its address ends in. */
export function addressOfRank(address: WorkerAddress, rank: number): WorkerAddress {
  if (rank === 0) return address;
  if (address.kind === 'tcp') return { ...address, port: address.port + rank };
  const end = address.path.lastIndexOf('.') + 1;
  return { kind: 'unix', path: `${address.path.slice(0, end)}${Number(address.path.slice(end)) + rank}` };
}

/** The connections to all processes of a worker as one: each loads the model, and the worker is gone when one of them is. */
export async function connectRanks(
  address: WorkerAddress,
  { count, shareRequests }: Ranks,
  limits: CodecLimits,
  answersAsDone: boolean,
): Promise<WorkerConnection> {
  const first = await connectWorker(address, limits, answersAsDone);
  if (count === 1) return first;
  const others: WorkerConnection[] = [];
  try {
    for (let rank = 1; rank < count; rank++) others.push(await connectWorker(addressOfRank(address, rank), limits));
  } catch (error) {
    for (const connection of [first, ...others]) connection.close();
    throw error;
  }
  return {
    closed: Promise.race([first, ...others].map(({ closed }) => closed)),
    async exchange(request, timeoutMs, onPart, isSingle) {
      if (request.kind === 'load') {
        const [answer, more] = await Promise.all([
          first.exchange(request, timeoutMs),
          Promise.all(others.map((connection) => connection.exchange(request, timeoutMs))),
        ]);
        return more.find(({ code }) => code !== 200) ?? answer;
      }
      if (shareRequests) for (const connection of others) connection.tell(request);
      return first.exchange(request, timeoutMs, onPart, isSingle);
    },
    tell(request) {
      for (const connection of [first, ...others]) connection.tell(request);
    },
    close() {
      for (const connection of [first, ...others]) connection.close();
    },
  };
}
