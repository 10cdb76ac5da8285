import { expect, test } from 'vitest';
import { BLANK, CONTROL, HIDDEN } from '../../../src/core/names/characters.ts';

const has = (pattern: RegExp, character: string) => new RegExp(pattern.source, 'u').test(character);

test('controls, hidden characters and blanks are three classes; letters of any language belong to none', () => {
  expect([has(CONTROL, '\u0007'), has(HIDDEN, '\u202e'), has(HIDDEN, '\u200b')]).toEqual([true, true, true]);
  for (const letter of ['a', 'é', '字', 'ش', '-', '_'])
    expect([letter, has(CONTROL, letter), has(HIDDEN, letter), has(BLANK, letter)]).toEqual([
      letter,
      false,
      false,
      false,
    ]);
});
