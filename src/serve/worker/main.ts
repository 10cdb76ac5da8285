/**
 * Entry point of a worker process: TorchServe's worker interface (contract 5.1) over our runner. The server passes a socket
 * address, waits for "Torch worker started." on stdout and connects once; the end of the connection ends the process.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { describeError, isToolError, ToolError } from '../../core/errors.ts';
import { createRequestDecoder, encodeResponse } from '../protocol/codec.ts';
import { loadedMessage, type WorkerRequest, type WorkerResponse } from '../protocol/messages.ts';
import { createLineBuffer } from './line-buffer.ts';
import { createRunner, type Runner } from './runner.ts';

/** As long as TorchServe's worker waits for its connection. */
const ACCEPT_TIMEOUT_MS = 30_000;
/** Only against a broken server: it bounds every value itself. */
const VALUE_BYTES = 1024 ** 3;

function main(): void {
  const { values } = parseArgs({
    strict: false,
    options: {
      'sock-type': { type: 'string', default: 'unix' },
      'sock-name': { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string' },
      'metrics-config': { type: 'string' },
    },
  });
  exitWithParent();
  const unixPath = values['sock-type'] === 'unix' ? String(values['sock-name']) : undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    clearTimeout(timeout);
    server.close();
    serveConnection(socket);
  });
  const timeout = setTimeout(() => {
    console.error(`Backend worker did not receive connection in: ${ACCEPT_TIMEOUT_MS / 1000}`);
    process.exit(1);
  }, ACCEPT_TIMEOUT_MS);
  server.on('error', (error) => {
    console.error(`Backend worker process died. ${error.message}`);
    process.exit(1);
  });
  if (unixPath !== undefined) server.listen(unixPath, () => announce(server, unixPath));
  else server.listen(Number(values.port), String(values.host), () => announce(server, undefined));
}

/** TorchServe's lines in its order; the server waits for "started". */
function announce(server: Server, unixPath: string | undefined): void {
  const address = server.address();
  if (unixPath !== undefined) {
    const dot = unixPath.lastIndexOf('.');
    console.log(`s_name_part0=${unixPath.slice(0, dot)}, s_name_part1=${unixPath.slice(dot + 1)}, pid=${process.pid}`);
    console.log(`Listening on port: ${unixPath}`);
  } else if (address !== null && typeof address === 'object') {
    console.log(`Listening on addr:port: ${address.address}:${address.port}`);
  }
  console.log(`[PID]${process.pid}`);
  console.log('Torch worker started.');
  console.log(`Node runtime: ${process.version.slice(1)}`);
}

/**
 * Stdin ends when the server dies, even when it was killed. Signals to the whole process group (Ctrl-C, SIGTERM of a service
 * manager) are ignored: the server finishes in-flight requests and then closes the connection.
 */
function exitWithParent(): void {
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  if (process.env.TSMA_SUPERVISED !== '1') return;
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
}

function serveConnection(socket: Socket): void {
  const decoder = createRequestDecoder({ valueBytes: VALUE_BYTES });
  let runner: Runner | undefined;
  let lastAnswer: Promise<void> = Promise.resolve();
  const metrics = createLineBuffer((text) => process.stdout.write(text), process.env.TSMA_EVERY_MEASUREMENT === '1');
  process.on('exit', metrics.flush);

  const answer = async (request: WorkerRequest) => {
    if (request.kind === 'load') {
      // Metric lines go to stdout, the handler's log to stderr, as contract 5.5 has them.
      runner = await createRunner(request, process.env, { metrics, log: console.error });
      send(socket, { code: 200, message: loadedMessage(request.modelName, runner), predictions: [] });
    } else if (runner === undefined) {
      throw new ToolError('WORKER_PROTOCOL', { problem: 'a prediction was asked for before a model was loaded' });
    } else {
      send(socket, await runner.predict(request.requests));
    }
  };
  /** Answers are sent in the order of the requests, also when requests overlap. */
  const enqueue = (request: WorkerRequest) => {
    const begun = request.kind === 'predict' && runner?.overlaps ? runner.predict(request.requests) : undefined;
    const answering = begun === undefined ? () => answer(request) : async () => send(socket, await begun);
    lastAnswer = lastAnswer.then(answering).catch(die);
  };
  const die = (error: unknown) => {
    // No stack for a ToolError: the server gets its message below. TorchServe's worker only closes the socket.
    if (!isToolError(error))
      console.error(`Backend worker process died. ${error instanceof Error ? error.stack : String(error)}`);
    send(socket, { code: 500, message: explain(error), predictions: [] });
    socket.end(() => process.exit(1));
  };

  // Without an encoding set, chunks are buffers.
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const request of decoder.push(chunk)) enqueue(request);
    } catch (error) {
      die(error);
    }
  });
  socket.on('error', () => process.exit(0));
  socket.on('end', () => {
    console.log('Frontend disconnected.');
    void (async () => {
      await lastAnswer;
      await runner?.close();
      process.exit(0);
    })();
  });
}

/** Message and hint. */
function explain(error: unknown): string {
  return isToolError(error) && error.hint !== undefined ? `${error.message} ${error.hint}` : describeError(error);
}

function send(socket: Socket, response: WorkerResponse): void {
  if (!socket.writable) return;
  socket.cork();
  for (const part of encodeResponse(response)) socket.write(part);
  socket.uncork();
}

main();
