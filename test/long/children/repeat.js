// Packs or extracts into one target again and again until it is killed; says "ready" when the first round is done.
// Usage: node repeat.js pack|extract SOURCE TARGET   (on the built product)
import { join } from 'node:path';

const [job, source, target] = process.argv.slice(2);
const archive = join(import.meta.dirname, '../../../dist/archive');
const { openArchive } = await import(join(archive, 'open.js'));
const { writeArchive } = await import(join(archive, 'write.js'));
const { extractTree } = await import(join(archive, 'extract.js'));

async function pack() {
  const tree = await openArchive(source);
  const entries = await tree.list();
  const files = entries.map((entry) => ({ ...entry, origin: entry.path, open: () => tree.open(entry.path) }));
  await writeArchive({ target, format: 'zip', files, force: true });
}

async function extract() {
  const tree = await openArchive(source);
  await extractTree(tree, target, { force: true });
  await tree.close();
}

for (let round = 0; ; round++) {
  await (job === 'pack' ? pack() : extract());
  if (round === 0) process.stdout.write('ready\n');
}
