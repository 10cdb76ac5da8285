import { expect, test } from 'vitest';
import { nameRules } from '../../../src/archive/structure/name-rules.ts';
import { findNameProblems } from '../../../src/core/paths.ts';

test('every rule about names has a message', () => {
  const worst = ['/a', '..', 'a//b', 'a\\b', 'a\u0001', 'a\u200b', 'aux', 'a'.repeat(300)];
  const broken = new Set(worst.flatMap((name) => findNameProblems(name).map(({ rule }) => rule)));
  expect([...broken].sort()).toEqual(Object.keys(nameRules).sort());
});
