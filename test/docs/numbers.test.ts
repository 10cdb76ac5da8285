import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { differences } from '../serve/goldens/differences.ts';
import { readPage } from './pages.ts';

const recorded = join(packageRoot, 'test/fixtures');
const { text } = readPage('docs/numbers.md');

test('docs/numbers.md counts the recorded exchanges with TorchServe, and the intended differences', () => {
  const folder = join(recorded, 'torchserve/golden');
  const exchanges = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) =>
      readFileSync(join(folder, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => `${name.slice(0, -'.jsonl'.length)}/${(JSON.parse(line) as { name: string }).name}`),
    );
  const onPurpose = exchanges.filter((id) => differences.some((difference) => difference.exchanges.test(id))).length;
  expect(text).toContain(`${exchanges.length} exchanges with TorchServe`);
  expect(text).toContain(`${exchanges.length - onPurpose} are equal in status, headers and body, ${onPurpose} differ`);
});

test('docs/numbers.md counts the recorded runs of the archivers', () => {
  const { length } = readdirSync(join(recorded, 'torch-model-archiver/cases'));
  expect(text).toContain(`Of the ${length} recorded runs`);
});
