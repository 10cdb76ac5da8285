/** Bounds the time and the memory of responses whose clients do not read them. */
import type { ServerResponse } from 'node:http';
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

export interface UnreadLimits {
  /** Milliseconds without a byte read by the client; Node detects it within twice that. */
  readonly stallMs: number;
  /** Milliseconds to read an answer once all of it is there: over HTTP/2 a client can go on reading everything else. */
  readonly answerMs: number;
  /** Unread bytes of one client, in all its answers. */
  readonly clientBytes: number;
  /** Unread bytes of all clients together. */
  readonly totalBytes: number;
  /** Called when a client is disconnected: its buffers are garbage. */
  readonly onDisconnect: () => void;
}

/** What an answer is written to, over HTTP/1.1 or HTTP/2. */
export type Answering = ServerResponse | ServerHttp2Stream;

export interface UnreadAnswers {
  /** Call after each write to an answer; disconnects clients that exceed a limit. */
  watch(answer: Answering): void;
  /** Unread bytes of all clients now. */
  readonly bytes: number;
}

/** A client is a connection: over HTTP/2, and by pipelining, it has many answers at a time. */
type Connection = Socket | Http2Session;

interface Client {
  readonly connection: Connection;
  readonly answers: Set<Answering>;
  readonly deadlines: Map<Answering, NodeJS.Timeout>;
  readonly onClose: () => void;
}

export function createUnreadAnswers(limits: UnreadLimits): UnreadAnswers {
  const { stallMs, answerMs, clientBytes, totalBytes, onDisconnect } = limits;
  const waiting = new Map<Connection, Client>();
  const countBytes = () => [...waiting.values()].reduce((sum, client) => sum + bytesOf(client), 0);
  const disconnect = (client: Client) => {
    client.connection.destroy();
    forgetClient(client);
    onDisconnect();
  };
  const forgetClient = ({ connection, deadlines, onClose }: Client) => {
    waiting.delete(connection);
    for (const deadline of deadlines.values()) clearTimeout(deadline);
    connection.off('close', onClose);
  };
  const forget = (client: Client, answer: Answering) => {
    clearTimeout(client.deadlines.get(answer));
    client.deadlines.delete(answer);
    client.answers.delete(answer);
    if (client.answers.size === 0) forgetClient(client);
  };
  const clientOf = (connection: Connection): Client => {
    const known = waiting.get(connection);
    if (known !== undefined) return known;
    // A pipelined response has no socket yet and misses its close event: the connection's stands for it.
    const onClose = () => forgetClient(client);
    const client: Client = { connection, answers: new Set(), deadlines: new Map(), onClose };
    waiting.set(connection, client);
    connection.once('close', onClose);
    return client;
  };
  const begin = (client: Client, answer: Answering) => {
    client.answers.add(answer);
    answer.once('close', () => forget(client, answer));
    // Node counts any byte sent as activity, also within one large write, over HTTP/2 also of another answer.
    answer.setTimeout(stallMs);
    answer.on('timeout', () => {
      // Nothing is unread between two parts of a stream.
      if (answer.writableLength > 0) disconnect(client);
    });
  };
  const disconnectOverLimits = () => {
    const clients = [...waiting.values()].map((client) => ({ client, bytes: bytesOf(client) }));
    let total = clients.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= clientBytes && total <= totalBytes) return;
    for (const { client, bytes } of clients.sort((a, b) => b.bytes - a.bytes)) {
      if (total <= totalBytes && bytes <= clientBytes) break;
      total -= bytes;
      disconnect(client);
    }
  };
  return {
    get bytes() {
      return countBytes();
    },
    watch(answer) {
      const connection = connectionOf(answer);
      if (answer.writableLength === 0 || connection === undefined) return;
      const client = clientOf(connection);
      if (!client.answers.has(answer)) begin(client, answer);
      if (answer.writableEnded && !client.deadlines.has(answer))
        client.deadlines.set(answer, setTimeout(() => disconnect(client), answerMs).unref());
      disconnectOverLimits();
    },
  };
}

function bytesOf({ answers }: Client): number {
  let bytes = 0;
  for (const { writableLength } of answers) bytes += writableLength;
  return bytes;
}

/** Undefined for a stream whose connection has ended. */
function connectionOf(answer: Answering): Connection | undefined {
  return 'session' in answer ? answer.session : answer.req.socket;
}
