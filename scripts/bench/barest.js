/**
 * The yardstick for what our server adds: the barest HTTP server of Node in front of one child process. No routes, no limits,
 * no batches; a request goes to the child as a length and its bytes, and the child answers "OK", or what it got, the same way.
 * DEPTH requests are with the child at a time.
 *   node barest.js PORT [DEPTH [ok|echo]]
 */
import { fork } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [port, depth = '1', answer = 'ok', socketPath] = process.argv.slice(2);

if (socketPath === undefined) serve(Number(port), Number(depth));
else work(socketPath);

function serve(port, depth) {
  const path = join(tmpdir(), `tsma-barest-${process.pid}`);
  const child = fork(import.meta.filename, ['0', '0', answer, path]);
  child.once('message', () => {
    const waiting = [];
    const running = [];
    const worker = connect(path);
    const next = () => {
      while (running.length < depth && waiting.length > 0) {
        const { body, answer } = waiting.shift();
        running.push(answer);
        send(worker, body);
      }
    };
    onFrame(worker, (body) => {
      running.shift()(body);
      next();
    });
    const ask = (body, answer) => {
      waiting.push({ body, answer });
      next();
    };
    createHttpServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => ask(Buffer.concat(chunks), (body) => response.end(body)));
    }).listen(port, '127.0.0.1');
  });
}

function work(path) {
  createServer((socket) => {
    onFrame(socket, (body) => send(socket, answer === 'echo' ? body : Buffer.from('OK')));
    socket.on('end', () => process.exit());
  }).listen(path, () => process.send('listening'));
}

function send(socket, body) {
  const head = Buffer.allocUnsafe(4);
  head.writeInt32BE(body.length);
  socket.cork();
  socket.write(head);
  socket.write(body);
  socket.uncork();
}

function onFrame(socket, act) {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
      const end = 4 + pending.readInt32BE(0);
      act(pending.subarray(4, end));
      pending = pending.subarray(end);
    }
  });
}
