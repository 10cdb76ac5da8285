/**
 * The most that an image classifier can reach with one process here: decoding the JPEG to raw pixels with sharp, and
 * `session.run` on a tensor that is ready. No HTTP, no other process, no resizing, no answer. `session.run` holds the JavaScript
 * thread and decoding has threads of its own, so the two overlap: a few images are always being decoded while the model runs.
 *   node image-limit.js MODEL.onnx IMAGE.jpg
 * Writes "ready"; then for each line of its input, a number of seconds, runs that long and writes { images, seconds, processorMs }.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

/** Two keep both threads busy; more make it no faster. */
const AHEAD = 3;
const SIDE = 224;

const [model, photo] = process.argv.slice(2);
const bytes = await readFile(photo);
sharp.concurrency(1);
sharp.cache(false);
// One thread for the model, as the server beside it has.
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
const feeds = { [session.inputNames[0]]: new Tensor('float32', new Float32Array(3 * SIDE * SIDE), [1, 3, SIDE, SIDE]) };
const decode = () => sharp(bytes, { ignoreIcc: true }).raw().toBuffer();

async function run(seconds) {
  const start = performance.now();
  const before = process.cpuUsage();
  const decoding = Array.from({ length: AHEAD }, decode);
  let images = 0;
  while (performance.now() - start < seconds * 1000) {
    await decoding.shift();
    decoding.push(decode());
    await session.run(feeds);
    images++;
  }
  const passed = (performance.now() - start) / 1000;
  await Promise.all(decoding);
  const { user, system } = process.cpuUsage(before);
  // What was decoded ahead of the end counts with what was run.
  return { images, seconds: passed, processorMs: ((user + system) / 1000) * (images / (images + AHEAD / 2)) };
}

await run(0.2);
console.log('ready');
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await run(Number(line))));
