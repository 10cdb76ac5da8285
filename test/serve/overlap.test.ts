import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/commands/serve/serve.ts';
import { packageRoot } from '../../src/core/package-info.ts';
import { testContext } from '../support/context.ts';
import { packDigits } from '../support/digits.ts';
import { startServer } from './serving.ts';

const names = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const picture = (digit: number) => readFile(join(packageRoot, 'templates/digits/samples', `${digit}-a.png`));

test('overlapping image requests each get their own answer', async () => {
  const { folder, remove } = await packDigits();
  onTestFinished(remove);
  const handle = await serve({ port: 0, archives: [folder], threads: 1 }, testContext(folder));
  onTestFinished(() => handle.close());
  const pictures = await Promise.all(names.map((_, digit) => picture(digit)));
  const ask = async (index: number) => {
    // Every third one is no image: its failure must not move the answers of the others.
    const body = index % 3 === 2 ? Buffer.from('no image') : (pictures[index % 10] as Buffer);
    const response = await fetch(`${handle.urls.inference}/predictions/digits`, {
      method: 'POST',
      body: new Uint8Array(body),
    });
    const answer = (await response.json()) as Record<string, number>;
    return response.status === 200 ? Object.keys(answer)[0] : response.status;
  };
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index)));
    expect(answers).toEqual(answers.map((_, index) => (index % 3 === 2 ? 400 : names[index % 10])));
  }
});

test('a custom handler runs one batch at a time', async () => {
  const code = `
    let running = 0;
    export default {
      async handle(rows) {
        const others = running++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        return rows.map(() => String(others));
      },
    };`;
  const { predict } = await startServer([{ code }]);
  const answers = await Promise.all(Array.from({ length: 60 }, async () => (await predict('kinds', '')).text()));
  expect(new Set(answers)).toEqual(new Set(['0']));
});
