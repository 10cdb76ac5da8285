import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLineBuffer } from '../../../src/serve/worker/line-buffer.ts';

test('lines are written together after a delay, or at once by flush', async () => {
  const written: string[] = [];
  const lines = createLineBuffer((text) => void written.push(text));
  lines.add('a');
  lines.add('b');
  expect(written).toEqual([]);
  await sleep(200);
  expect(written).toEqual(['a\nb\n']);
  lines.add('c');
  lines.flush();
  lines.flush();
  expect(written).toEqual(['a\nb\n', 'c\n']);
});

test('of lines that replace each other only the last is formatted', () => {
  const written: string[] = [];
  const lines = createLineBuffer((text) => void written.push(text));
  let made = 0;
  for (let i = 0; i < 1000; i++) {
    lines.replace('time', () => {
      made++;
      return `time ${i}`;
    });
  }
  lines.replace('other', () => 'other');
  lines.flush();
  expect([written, made]).toEqual([['time 999\nother\n'], 1]);
});

test('the buffer is flushed at its size limit', () => {
  const written: string[] = [];
  const lines = createLineBuffer((text) => void written.push(text));
  for (let i = 0; i < 1000; i++) lines.add('x'.repeat(100));
  expect(written.length).toBeGreaterThan(2);
});
