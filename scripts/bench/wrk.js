/** wrk, the load generator from outside; where it is not installed our own takes its place, and the report says so. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from './load.js';
import { percentile, readOutput } from './measure.js';

const CONNECTIONS = 8;

export async function hasWrk() {
  return readOutput('wrk', ['--version'], { anyStatus: true }).then(
    () => true,
    () => false,
  );
}

/**
 * Posts `body` (or gets, without one) over 8 keep-alive connections from one thread for `seconds`. Gives requests a second and
 * the milliseconds of the median and of the 99th percentile; an answer that is no 2xx makes the run fail.
 */
export async function ask({ url, body, contentType, seconds, folder, wrk }) {
  if (!wrk) return askOurselves({ url, body, contentType, seconds });
  const script = join(folder, 'ask.lua');
  const lines = [];
  if (body !== undefined) {
    await writeFile(join(folder, 'body'), body);
    lines.push(
      `local file = io.open(${JSON.stringify(join(folder, 'body'))}, "rb")`,
      'wrk.method = "POST"',
      'wrk.body = file:read("*all")',
      `wrk.headers["Content-Type"] = "${contentType}"`,
    );
  }
  lines.push(
    'done = function(summary, latency)',
    '  local e = summary.errors',
    '  io.write(string.format("\\nRESULT %d %d %d %d %d\\n", summary.requests, summary.duration,',
    '    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))',
    'end',
  );
  await writeFile(script, `${lines.join('\n')}\n`);
  const said = await readOutput('wrk', [
    ...['--threads', '1', '--connections', String(CONNECTIONS), '--duration', `${seconds}s`],
    ...['--timeout', '10s', '--script', script, url],
  ]);
  const [requests, microseconds, p50, p99, errors] = /RESULT (.*)/.exec(said)[1].split(' ').map(Number);
  if (errors > 0) throw new Error(`${errors} of ${requests} answers of ${url} were errors`);
  return { rate: requests / (microseconds / 1e6), p50: p50 / 1000, p99: p99 / 1000 };
}

async function askOurselves({ url, body = '', contentType = 'text/plain', seconds }) {
  const { hostname, port, pathname } = new URL(url);
  const head = [
    `${body === '' ? 'GET' : 'POST'} ${pathname} HTTP/1.1`,
    `host: ${hostname}`,
    ...(body === '' ? [] : [`content-type: ${contentType}`, `content-length: ${body.length}`]),
  ];
  const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  const run = await load({ host: hostname, port: Number(port), request, connections: CONNECTIONS, seconds });
  const at = (share) => percentile(run.times, share);
  return { rate: run.times.length / run.seconds, p50: at(0.5), p99: at(0.99) };
}
