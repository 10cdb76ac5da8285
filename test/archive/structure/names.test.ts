import { expect, test } from 'vitest';
import { createFindingLog } from '../../../src/archive/structure/findings.ts';
import { checkBudgets, checkName, checkNamesTogether } from '../../../src/archive/structure/names.ts';
import { defaultLimits } from '../../../src/core/limits.ts';

const file = (name: string, size = 0) => ({ name, isFolder: false, size, offset: 0 });
const folder = (name: string) => ({ ...file(name), isFolder: true });

function rulesOf(members: readonly ReturnType<typeof file>[]): string[] {
  const log = createFindingLog('m.mar');
  checkNamesTogether(members, log);
  return log.findings.map(({ rule }) => rule);
}

test.each([
  ['other names', [file('a'), file('b/a'), file('b/c'), folder('b')], []],
  ['a name twice', [file('a'), file('a')], ['archive/duplicate']],
  ['names that differ by case', [file('a'), file('A')], ['archive/collision']],
  ['folders that differ by case', [file('b/x'), file('B/y')], ['archive/collision']],
  ['a file and a folder of one name', [file('a'), folder('a')], ['archive/file-as-folder']],
  ['a file below a file', [file('a'), file('a/b')], ['archive/file-as-folder']],
])('%s', (_, members, rules) => {
  expect(rulesOf(members)).toEqual(rules);
});

test('an unsafe name is reported with its offset', () => {
  const log = createFindingLog('m.mar');
  checkName({ ...file('../a'), offset: 12 }, defaultLimits, log);
  expect(log.findings).toMatchObject([{ rule: 'archive/name-parent', message: expect.stringContaining('offset 12') }]);
});

test('the total of the members and the manifest have a limit each', () => {
  const log = createFindingLog('m.mar');
  const limits = { ...defaultLimits, totalBytes: 10, manifestBytes: 4 };
  checkBudgets([file('a', 6), file('MAR-INF/MANIFEST.json', 4)], limits, log);
  expect(log.findings).toEqual([]);
  checkBudgets([file('a', 7), file('MAR-INF/MANIFEST.json', 5)], limits, log);
  expect(log.findings.map(({ rule }) => rule)).toEqual(['archive/total-size', 'archive/manifest-size']);
});
