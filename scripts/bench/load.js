/**
 * A load generator that costs little: raw sockets, one request at a time on each, so that on a small machine the server and
 * not the generator is what is measured.
 */
import { connect } from 'node:net';

/**
 * Sends `request` (bytes of one whole HTTP request) over `connections` keep-alive connections for `seconds`. Gives every answer's
 * milliseconds; an answer that is not 200, or whose body is not `expected`, ends the run.
 */
export async function load({ host, port, request, expected, connections, seconds }) {
  const until = performance.now() + seconds * 1000;
  const start = performance.now();
  const times = await Promise.all(
    Array.from({ length: connections }, () => askUntil({ host, port, request, expected, until })),
  );
  return { times: times.flat(), seconds: (performance.now() - start) / 1000 };
}

function askUntil({ host, port, request, expected, until }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const times = [];
    let pending = Buffer.alloc(0);
    let sent = 0;
    const ask = () => {
      sent = performance.now();
      socket.write(request);
    };
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The server closed a connection in the middle of the run.')));
    socket.on('data', (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const answer = takeAnswer(pending);
      if (answer === undefined) return;
      const now = performance.now();
      times.push(now - sent);
      pending = pending.subarray(answer.end);
      if (answer.status !== 200 || (expected !== undefined && !answer.body.equals(expected))) {
        socket.destroy();
        reject(new Error(`An answer was wrong: ${answer.status} ${answer.body}`));
      } else if (now < until) ask();
      else {
        socket.removeAllListeners('close');
        socket.end();
        resolve(times);
      }
    });
  });
}

/** One whole answer at the start of `bytes`, or undefined while more has to come. */
function takeAnswer(bytes) {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.latin1Slice(0, headEnd);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error(`The answer has no content-length:\n${head}`);
  const end = headEnd + 4 + length;
  if (bytes.length < end) return undefined;
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(headEnd + 4, end), end };
}
