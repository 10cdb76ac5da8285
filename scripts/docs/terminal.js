/** assets/terminal.svg: two commands of the README, run, and what they print. */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toSvg } from './svg.js';

const COLUMNS = 100;
const bold = (text) => `\u001b[1m${text}\u001b[22m`;

const digits = 'templates/digits';
const pack = ['mar', 'pack', '--config', `${digits}/mar.config.json`, '-o', 'model_store'];
const shown = [
  ['mar', 'inspect', 'model_store/digits.mar'],
  ['mar', 'predict', 'model_store/digits.mar', '-i', `${digits}/samples/7-a.png`],
];

export async function drawTerminal(root) {
  const folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  try {
    await cp(join(root, 'templates'), join(folder, 'templates'), { recursive: true });
    runIn(folder, root, pack);
    const parts = shown.map(
      (words) => `\u001b[32m$\u001b[39m ${bold(`npx ${words.join(' ')}`)}\n${runIn(folder, root, words)}`,
    );
    await writeFile(join(root, 'assets/terminal.svg'), toSvg(parts.join('\n'), 'An archive is inspected and asked.'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runIn(cwd, root, [command, ...args]) {
  const env = { ...process.env, FORCE_COLOR: '1', COLUMNS: String(COLUMNS), LC_ALL: 'C.UTF-8' };
  const ended = spawnSync(process.execPath, [join(root, 'bin', `${command}.js`), ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  if (ended.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return ended.stdout;
}
