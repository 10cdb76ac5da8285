/** assets/playground.png: the playground of a real server in headless Chromium, after a picture was dropped on it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const PORT = 8080;
const digits = 'templates/digits';
const answered =
  "document.querySelector('#answer').getAttribute('aria-busy') === 'false' && !document.querySelector('#result').hidden";

export async function drawPlayground(root) {
  const { chromium, openPage } = await importTypeScript(join(root, 'test/interop/chromium.ts'));
  if (chromium === undefined)
    throw new Error('assets/playground.png stays as it is: there is no Chromium on the PATH.');
  const server = await startServer(root);
  const page = await openPage(`http://127.0.0.1:${PORT}/`, 1180, 840);
  try {
    await page.until("document.querySelector('#models button') !== null");
    const { x, y } = await page.evaluate(
      "(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector('#drop').getBoundingClientRect())",
    );
    await page.drop(join(root, digits, 'samples/7-a.png'), x, y);
    await page.until(answered);
    // Asked again: the first answer also loads what decodes pictures.
    for (let again = 0; again < 2; again++) {
      await page.evaluate("document.querySelector('#go').click()");
      await page.until(answered);
    }
    await page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished))');
    await writeFile(join(root, 'assets/playground.png'), await page.screenshot());
  } finally {
    await page.close();
    server.kill('SIGTERM');
    await once(server, 'close');
  }
}

async function startServer(root) {
  const mar = (...args) =>
    spawn(process.execPath, [join(root, 'bin/mar.js'), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [code] = await once(
    mar('pack', '--config', `${digits}/mar.config.json`, '-o', 'model_store', '--force'),
    'exit',
  );
  if (code !== 0) throw new Error(`mar pack ended with ${code}.`);
  const server = mar('serve', 'model_store/digits.mar', '--port', String(PORT));
  // The address is printed when the server is up.
  await Promise.race([
    once(server.stdout, 'data'),
    once(server, 'exit').then(() => Promise.reject(new Error('mar serve ended.'))),
  ]);
  return server;
}

async function importTypeScript(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
