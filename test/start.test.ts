/** `npm start -- PICTURE`: what it says of pictures that are none, before it builds anything. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/core/package-info.ts';
import { tempTree } from './support/temp-tree.ts';

const node = (...words: string[]) => spawnSync(process.execPath, words, { encoding: 'utf8', cwd: packageRoot });

test('a name that is no picture is refused in one sentence, a folder too', async () => {
  const folder = await tempTree();
  const start = join(packageRoot, 'scripts', 'start.js');
  for (const [name, words] of [
    [join(folder, 'none.png'), `There is no picture at ${join(folder, 'none.png')}.`],
    [folder, `${folder} is no file; the name of one picture is wanted.`],
  ] as const) {
    const { status, stderr } = node(start, name);
    expect([status, stderr.trim()]).toEqual([1, `npm start: ${words}`]);
  }
});

test('a picture that only the server can read is left out of the drawing', async () => {
  const bitmap = Buffer.from(
    '424d3a0000000000000036000000280000000100000001000000010018000000000004000000000000000000000000000000000000000000ff00',
    'hex',
  );
  const folder = await tempTree({
    'p.bmp': bitmap,
    'p.png': readFileSync(join(packageRoot, 'templates/digits/samples/7-a.png')),
  });
  const draw = pathToFileURL(join(packageRoot, 'scripts', 'start', 'draw.js')).href;
  const script = `const { readPicture } = await import(${JSON.stringify(draw)});
    for (const name of ['p.bmp', 'p.png']) console.log((await readPicture(${JSON.stringify(folder)} + '/' + name))?.length);`;
  expect(node('--input-type=module', '-e', script).stdout).toBe('undefined\n784\n');
});
