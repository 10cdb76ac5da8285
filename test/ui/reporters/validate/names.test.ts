import { expect, test } from 'vitest';
import { UNSHOWN } from '../../../../src/core/names/characters.ts';
import { quote } from '../../../../src/core/names/quote.ts';
import { findNameProblems } from '../../../../src/core/paths.ts';
import { validateReporters } from '../../../../src/ui/reporters/validate/index.ts';
import { createStyle } from '../../../../src/ui/style.ts';

type Results = Parameters<(typeof validateReporters)['human']>[0];

/** Names that are refused, and the character that does not show itself, if there is one. */
const names: readonly (readonly [what: string, name: string, hidden: string])[] = [
  ['a zero-width space', 'a\u200bb', '\u200b'],
  ['a filler that renders empty', '\u3164', '\u3164'],
  ['the empty Braille pattern', '\u2800x', '\u2800'],
  ['a no-break space', 'q\u00a0', '\u00a0'],
  ['a right-to-left override', '\u202etxt.py', '\u202e'],
  ['an isolate', 'a\u2066b', '\u2066'],
  ['a byte order mark', '\ufeffm.txt', '\ufeff'],
  ['a control sequence of one character', 'm\u009b31m', '\u009b'],
  ['a joiner', 'c\u034fd', '\u034f'],
  ['a variation selector', 'e\ufe0f', '\ufe0f'],
  ['a tag', 't\u{e0041}g', '\u{e0041}'],
  ['a soft hyphen', 'a\u00adb', '\u00ad'],
  ['a line separator', 'a\u2028b', '\u2028'],
  ['a mark that joins what stands before it', '\u0301mark', '\u0301'],
  ['a device with an ending', 'CON.txt', ''],
  ['a device with a raised digit', 'COM\u00b9', ''],
  ['a device with a blank', 'aux ', ''],
  ['a device with two endings', 'prn.a.b', ''],
  ['a trailing dot', 'x.', ''],
  ['a trailing space', 'y ', ''],
];

test.each(names)('%s is named in every reporter, by its number where it does not show', (_, name, hidden) => {
  const problems = findNameProblems(name);
  expect(problems).not.toEqual([]);
  const findings = problems.map(({ rule, message }) => ({
    rule,
    severity: 'error',
    message: `The name ${quote(name)} is not safe: ${message}.`,
    at: { path: 'm.mar', member: name },
  }));
  const rules = problems.map(({ rule }) => ({ id: rule, severity: 'error', title: 'T', help: 'H.' }));
  const result = {
    schemaVersion: 1,
    path: 'm.mar',
    kind: 'archive',
    passed: false,
    failOn: 'error',
    members: 1,
    rules,
    findings,
  };
  const code = hidden.codePointAt(0)?.toString(16).padStart(4, '0');
  for (const [reporter, report] of Object.entries(validateReporters)) {
    const text = report([result] as unknown as Results, { style: createStyle({ color: false }), toolVersion: '1.0.0' });
    expect(text.replaceAll('\n', '').match(UNSHOWN), reporter).toBeNull();
    expect(text, reporter).toMatch(code === undefined ? name.trim() : new RegExp(`u\\\\?\\{?${code}`));
  }
});
