/**
 * `npm start`: from a fresh clone to a real prediction, each command shown as the reader would type it.
 * `npm start -- --keep` leaves the server up until Ctrl-C; `npm start -- picture.png` asks about a picture of one's own.
 *
 * Only Node's own modules up to the build: nothing else may be there before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawPicture, PICTURE_SIDE, readPicture } from './start/draw.js';
import { isInstalled } from './start/install.js';
import { freePort, npm, run, StepFailed } from './start/processes.js';
import { beside, blocks, bold, color, columns, dim, green, indent, say, showCommand, step } from './start/screen.js';

const root = resolve(import.meta.dirname, '..');
const archive = 'model_store/digits.mar';
const sample = 'templates/digits/samples/7-a.png';
const STOP_AFTER_SECONDS = 120;
let interrupted = false;

async function main(words) {
  const keep = words.includes('--keep');
  const picture = await choosePicture(words.find((word) => !word.startsWith('-')));
  say(`\n${bold('ts-model-archiver')}  ${dim('from a model file to a prediction')}`);
  await prepare();
  await pack();
  await inspect();
  const server = await serve();
  try {
    await ask(server, picture);
    if (keep) await stayUp(server);
  } finally {
    await server.stop();
  }
  say(`\n  ${green('The server has stopped cleanly.')}`);
  showWhatNext();
}

async function choosePicture(given = sample) {
  const path =
    given === sample ? given : relative(root, resolve(process.env.INIT_CWD ?? process.cwd(), given)) || given;
  const file = await open(join(root, path)).catch(({ code }) => {
    throw new StepFailed(code === 'EACCES' ? `${given} may not be read.` : `There is no picture at ${given}.`);
  });
  const isFile = await file.stat().then((found) => found.isFile());
  await file.close();
  if (!isFile) throw new StepFailed(`${given} is no file; the name of one picture is wanted.`);
  return path;
}

async function prepare() {
  step('Prepare', 'the packages of package-lock.json, and the TypeScript sources as JavaScript');
  if (await isInstalled(root)) say(dim('  node_modules is up to date'));
  else {
    showCommand(['npm', 'ci']);
    say(dim('  about a minute, the first time'));
    await run(...npm('ci', '--no-audit', '--no-fund'), { cwd: root, quiet: true });
  }
  showCommand(['npm', 'run', 'build']);
  await run(...npm('run', 'build'), { cwd: root, quiet: true });
}

async function pack() {
  step('Pack', 'weights, handler and labels into one archive; said at once: what could not run it');
  const folder = 'templates/digits';
  await ours('ts-model-archiver', [
    ...['--model-name', 'digits', '--version', '1.0', '--serialized-file', `${folder}/digits.onnx`],
    ...['--handler', 'image_classifier', '--extra-files', `${folder}/index_to_name.json`],
    ...['--config-file', `${folder}/model-config.yaml`, '--export-path', 'model_store', '--force'],
  ]);
}

async function inspect() {
  step('Inspect', 'everything that can be known without running it');
  await ours('mar', ['inspect', archive]);
}

async function serve() {
  step('Serve', "TorchServe's HTTP interface on onnxruntime, no Python, no Java");
  const port = await freePort(8080);
  const words = ['serve', archive, '--port', String(port)];
  showCommand(['npx', 'mar', ...words]);
  const child = spawn(process.execPath, [join(root, 'bin', 'mar.js'), ...words], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // In a process group of its own, so that Ctrl-C reaches it once, from here.
    detached: process.platform !== 'win32',
  });
  const server = followServer(child, `http://127.0.0.1:${port}`);
  await untilUp(server.url, child);
  return server;
}

function followServer(child, url) {
  const ended = once(child, 'close');
  const interrupt = () => {
    interrupted = true;
    child.kill('SIGTERM');
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return {
    url,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const [code, signal] = await ended;
      // Windows has no signals: there the process is ended from outside.
      const cleanly = code === 0 || (process.platform === 'win32' && signal === 'SIGTERM');
      if (!cleanly) throw new StepFailed(`mar serve ended with ${code ?? signal}.`);
    },
  };
}

async function untilUp(url, child) {
  const until = performance.now() + STOP_AFTER_SECONDS * 1000;
  while (child.exitCode === null && performance.now() < until) {
    const answer = await fetch(`${url}/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(20);
  }
  child.kill();
  throw new StepFailed('The server did not come up; what it said is above.');
}

async function ask(server, picture) {
  step('Ask', `one picture in, probabilities out (${basename(picture)})`);
  const url = `${server.url}/predictions/digits`;
  showCommand(['curl', url, '-T', picture]);
  const answer = await fetch(url, { method: 'PUT', body: await readFile(join(root, picture)) });
  const text = await answer.text();
  say(`\n${indent(text.trimEnd())}\n`);
  if (!answer.ok) throw new StepFailed(`The server answered ${answer.status}.`);
  await show(picture, JSON.parse(text));
}

/** The picture beside its answer, as bars; the product's own words for both are in src/ui. */
async function show(picture, answer) {
  const [{ formatBars, toShares }, { createStyle }] = await Promise.all([
    import('../dist/ui/bars.js'),
    import('../dist/ui/style.js'),
  ]);
  const shares = toShares(answer);
  const bars = shares === undefined ? '' : formatBars(shares, createStyle({ color, width: columns, unicode: blocks }));
  const pixels = await readPicture(join(root, picture));
  const drawn = pixels === undefined ? '' : drawPicture(pixels, { color, blocks });
  say(indent(beside(drawn, PICTURE_SIDE, bars.trimEnd(), 50)));
}

async function stayUp(server) {
  say(`\n  ${green(`The server is up at ${server.url}.`)} Ctrl-C stops it.`);
  await server.ended;
}

async function ours(command, args) {
  showCommand(['npx', command, ...args]);
  say();
  await run(process.execPath, [join(root, 'bin', `${command}.js`), ...args], { cwd: root });
}

function showWhatNext() {
  step('Next', 'try it with a model of your own');
  const next = [
    ['npm start -- --keep', 'the same, and the server stays up'],
    ['npm start -- digit.png', 'a digit you drew, one in the middle, dark or light'],
    [`npx mar predict ${archive} -i digit.png`, 'one answer without a server'],
    [`npx mar validate ${archive}`, 'safe and complete? an exit code for CI'],
    ['npx ts-model-archiver --help', "torch-model-archiver's flags, all of them"],
  ];
  const width = Math.max(...next.map(([command]) => command.length));
  for (const [command, what] of next) say(`  ${bold(command.padEnd(width))}  ${dim(what)}`);
  say();
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StepFailed || interrupted)) throw error;
  process.stderr.write(`\nnpm start: ${interrupted ? 'interrupted' : error.message}\n`);
  process.exitCode = interrupted ? 130 : 1;
}
