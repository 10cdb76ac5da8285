import { describe, expect, test } from 'vitest';
import { readYaml } from '../../../src/core/documents/yaml.ts';

const value = async (text: string) => {
  const reading = await readYaml(text, { schema: 'torchserve' });
  return reading.kind === 'ok' ? reading.value : reading.reason;
};

/** What SnakeYAML 2.2 and PyYAML 6 make of it. */
describe("TorchServe's YAML", () => {
  test.each<[string, unknown]>([
    ['a: 010', { a: 8 }],
    ['a: 1_000', { a: 1000 }],
    ['a: 2:00', { a: 120 }],
    ['a: 0x1F', { a: 31 }],
    ['a: [yes, No, on, OFF, true]', { a: [true, false, true, false, true] }],
    ['a: [y, n, Y, N]', { a: ['y', 'n', 'Y', 'N'] }],
    ['<<: {batchSize: 4}\nminWorkers: 1', { batchSize: 4, minWorkers: 1 }],
    ['base: &b {x: 1}\nmore:\n  <<: *b\n  y: 2', { base: { x: 1 }, more: { x: 1, y: 2 } }],
    ['', null],
    ['# only a comment', null],
    ['a: "x\ty" # a\ttab', { a: 'x\ty' }],
    ['a: |\n  b\tc\n', { a: 'b\tc\n' }],
  ])('reads %j', async (text, expected) => {
    expect(await value(text)).toEqual(expected);
  });

  test.each([
    ['a: 1\na: 2', /unique/],
    ['a: &a [*a]', 'an anchor is used inside itself'],
    ['a: &a {b: {c: *a}}', 'an anchor is used inside itself'],
    ['---\na: 1\n---\nb: 2\n', 'it has several documents, and only one is read'],
    ['a:\t1', 'a tab is used where YAML needs spaces'],
    ['a: 1\t# comment', 'a tab is used where YAML needs spaces'],
    ['a: !!python/object:os.system {}', /tag/],
    ['a: [1', /flow/i],
  ])('refuses %j', async (text, reason) => {
    expect(await value(text)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('survives values nested 200,000 deep', async () => {
    expect(await value(`a: ${'['.repeat(200_000)}`)).toMatch(/nested too deeply|flow/i);
  });

  test('bounds the expansion of nested aliases', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );
    expect(await value(['l0: &l0 [x]', ...levels].join('\n'))).toMatch(/alias/i);
  });

  test('gives the line of a key, and which numbers are floats', async () => {
    const reading = await readYaml('one: 1\ntwo: 1.0\nthree: 1e3\nfour: "1.0"\n', { schema: 'torchserve' });
    if (reading.kind !== 'ok') throw new Error(reading.reason);
    expect(['one', 'two', 'three', 'four', 'five'].map(reading.lineOf)).toEqual([1, 2, 3, 4, undefined]);
    expect(['one', 'two', 'three', 'four', 'five'].map(reading.isFloat)).toEqual([false, true, true, false, false]);
  });
});

test('our own documents are YAML 1.2', async () => {
  expect(await readYaml('a: 010\nb: yes\n', { schema: 'core' })).toMatchObject({ value: { a: 10, b: 'yes' } });
});
