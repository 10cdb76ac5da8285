import { expect, test } from 'vitest';
import { createLineSplitter, createOutputTail } from '../../../src/serve/process/worker-output.ts';

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test('lines are whole, across chunks that split lines and characters', () => {
  const bytes = Buffer.from('é\r\nb');
  expect(split('a', 'a\n\n', bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['aa', '', 'é', 'b']);
});

test('a line without an end is cut, with the number of omitted characters', () => {
  expect(split('x'.repeat(5000))).toEqual([`${'x'.repeat(2000)}… (3000 more characters)`]);
});

test('the last twenty lines with text are kept', () => {
  const tail = createOutputTail();
  for (let line = 0; line < 30; line++) tail.add(`${line}`);
  tail.add('  ');
  expect(tail.lines()).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 10}`));
});
