import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findLocalPlace, openFacts } from '../../src/model/open-facts.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

const checkpoint = readFileSync(new URL('../fixtures/weights/torch/state-dict-p3.pt', import.meta.url));

async function kindOf(path: string) {
  const { facts, close } = await openFacts(await findLocalPlace(path));
  await close();
  return facts.kind;
}

test.each([
  ['a checkpoint under its customary name', 'model.pth.tar', 'weights'],
  ['a checkpoint that is called a ZIP', 'model.zip', 'weights'],
  ['a checkpoint without an ending', 'checkpoint', 'weights'],
  ['a checkpoint in gzip', 'model.pt.gz', 'weights'],
  ['a checkpoint that is called an archive, whose manifest is missing', 'model.mar', 'archive'],
])('%s', async (_, name, kind) => {
  const content = name.endsWith('.gz') ? gzipSync(checkpoint) : checkpoint;
  expect(await kindOf(join(await tempTree({ [name]: content }), name))).toBe(kind);
});

test('an archive is recognised under any name', async () => {
  const root = await tempTree();
  for (const name of ['m.mar', 'm.pt', 'm']) {
    const path = await makeMar(join(root, name), { files: { 'handler.py': '' }, manifest: manifestOf({}) });
    expect(await kindOf(path)).toBe('archive');
  }
});

test('a text file is neither, and is read as weights', async () => {
  expect(await kindOf(join(await tempTree({ 'notes.txt': 'x' }), 'notes.txt'))).toBe('weights');
});

test('a single weights file is read once: its references and its facts come from one read', async () => {
  const path = join(await tempTree({ 'model.pt': checkpoint }), 'model.pt');
  const place = await findLocalPlace(path);
  if (place.kind !== 'file') throw new Error('a file');
  let opened = 0;
  const open = () => {
    opened += 1;
    return place.open();
  };
  const { facts, close } = await openFacts({ ...place, open });
  const toOpen = opened;
  const { facts: weights } = await facts.weights('model.pt');
  await close();
  expect(weights?.format).toBe('torch-zip');
  expect(opened).toBe(toOpen);
});
