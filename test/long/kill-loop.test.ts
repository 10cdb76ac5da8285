import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { extractTree } from '../../src/archive/extract.ts';
import { openArchive } from '../../src/archive/open.ts';
import { writeArchive } from '../../src/archive/write.ts';
import { archiveFindings } from '../support/archive-verdict.ts';
import { planContents } from '../support/plan-files.ts';
import { tempTree } from '../support/temp-tree.ts';

/** Kills of each job; the promise is made for 200. */
const KILLS = Number(process.env.TSMA_KILLS ?? 200);

/**
 * Large enough to be killed in every phase: small members, a stored and a deflated large one. With a manifest, since only an
 * unpacked archive is replaced.
 */
const contents = {
  'MAR-INF/MANIFEST.json': '{}',
  'weights.bin': randomBytes(6 * 1024 ** 2),
  'text.txt': Buffer.alloc(4 * 1024 ** 2, 'some text '),
  ...Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`small/${index}.txt`, `member ${index}`])),
};

/** Starts the job and kills it at a random moment after its first round. */
async function runAndKill(job: 'pack' | 'extract', source: string, target: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children/repeat.js'), job, source, target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const ready = new Promise((resolve) => child.stdout.once('data', () => resolve(true)));
  expect(await Promise.race([ready, ended]), 'the job ended before its first round').toBe(true);
  await new Promise((resolve) => setTimeout(resolve, randomInt(0, 120)));
  child.kill('SIGKILL');
  await ended;
}

async function sameTree(folder: string): Promise<boolean> {
  const tree = await openArchive(folder);
  const entries = await tree.list();
  if (entries.length !== Object.keys(contents).length) return false;
  for (const [path, content] of Object.entries(contents)) {
    if (!(await readFile(join(folder, path))).equals(Buffer.from(content))) return false;
  }
  return true;
}

test(`${KILLS} kills while packing leave a whole archive, and the next run leaves no temporary file`, async () => {
  const root = await tempTree({
    ...Object.fromEntries(Object.entries(contents).map(([path, content]) => [`in/${path}`, content])),
    'out/': '',
  });
  const target = join(root, 'out/model.mar');
  let strays = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await runAndKill('pack', join(root, 'in'), target);
    expect(await archiveFindings(target)).toEqual([]);
    strays += (await readdir(join(root, 'out'))).length - 1;
    await writeArchive({
      target: join(root, 'out/other.mar'),
      format: 'zip',
      files: planContents({ a: 'a' }),
      force: true,
    });
    expect((await readdir(join(root, 'out'))).sort()).toEqual(['model.mar', 'other.mar']);
    await rm(join(root, 'out/other.mar'));
  }
  console.log(`${KILLS} kills of pack: ${strays} left a temporary file, all swept by the next run`);
});

test(`${KILLS} kills while extracting leave a whole folder or none, and the next run restores it`, async () => {
  const root = await tempTree({
    ...Object.fromEntries(Object.entries(contents).map(([path, content]) => [`in/${path}`, content])),
    'out/': '',
  });
  const source = join(root, 'model.mar');
  const files = planContents(contents);
  await writeArchive({ target: source, format: 'zip', files });
  const target = join(root, 'out/model');
  await cp(join(root, 'in'), target, { recursive: true });
  let strays = 0;
  let absent = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await runAndKill('extract', source, target);
    const left = await readdir(join(root, 'out'));
    if (left.includes('model')) expect(await sameTree(target)).toBe(true);
    else absent++;
    strays += left.filter((name) => name.startsWith('.')).length;
    const tree = await openArchive(source);
    await extractTree(tree, join(root, 'out/other'), { include: (path) => path === 'small/1.txt' });
    await tree.close();
    expect((await readdir(join(root, 'out'))).sort()).toEqual(['model', 'other']);
    expect(await sameTree(target)).toBe(true);
    await rm(join(root, 'out/other'), { recursive: true });
  }
  console.log(
    `${KILLS} kills of extract: ${strays} left a temporary folder, ${absent} hit the moment of the swap; all removed or restored by the next run`,
  );
});
