/** Limits on data between clients and this server, over HTTP and gRPC. */

/** Longest pause within a request: a client that sends nothing for this long is disconnected. */
export const IDLE_TIMEOUT_MS = 60_000;
/** Time for clients to read the last answer before their connections are closed. */
export const FLUSH_TIMEOUT_MS = 2_000;
/** Bytes of all incomplete requests; queued and running ones have a limit of their own, equally large. */
const ARRIVING_BYTES = 256 * 1024 ** 2;
/** Longest time in which a client reads no byte; packet loss recovers within seconds. */
const UNREAD_STALL_MS = 10_000;
/** Longest time to read an answer, enough for max_response_size over a slow line. */
const UNREAD_ANSWER_MS = 300_000;
/** Unread bytes of one client: ten answers of the default max_response_size, and at least two of the configured one. */
const UNREAD_CLIENT_BYTES = 64 * 1024 ** 2;
/** Unread bytes of all clients, as many as ARRIVING_BYTES. Beyond it the clients with the most are disconnected. */
const UNREAD_TOTAL_BYTES = 256 * 1024 ** 2;

/** Never less than one complete request. */
export function arrivingBytes(maxRequestBytes: number): number {
  return Math.max(ARRIVING_BYTES, maxRequestBytes);
}

export function unreadLimits(maxResponseBytes: number) {
  return {
    stallMs: UNREAD_STALL_MS,
    answerMs: UNREAD_ANSWER_MS,
    clientBytes: Math.max(UNREAD_CLIENT_BYTES, 2 * maxResponseBytes),
    totalBytes: Math.max(UNREAD_TOTAL_BYTES, 2 * maxResponseBytes),
  };
}
