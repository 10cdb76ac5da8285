import { expect, test } from 'vitest';
import { chooseRules, weigh } from '../../../src/commands/validate/choose-rules.ts';

test('areas and settings choose the rules, and rules that run the model need the flag', () => {
  const ids = (...given: Parameters<typeof chooseRules>) => chooseRules(...given).map(({ id }) => id);
  expect(ids({ only: ['manifest'] }, false).every((id) => id.startsWith('manifest/'))).toBe(true);
  expect(ids({ rules: { 'manifest/present': 'off' } }, false)).not.toContain('manifest/present');
  expect([ids({}, false).includes('handler/answers'), ids({}, true).includes('handler/answers')]).toEqual([
    false,
    true,
  ]);
});

test('a setting changes the severity, but an unreadable archive stays bad', () => {
  type Subject = Parameters<typeof weigh>[1];
  const findings = [{ rule: 'archive/crc', severity: 'error' as const, message: 'x', at: {} }];
  const settings = { rules: { 'archive/crc': 'info' as const } };
  const weighed = (tree: unknown) =>
    weigh(findings, { archive: { tree } } as unknown as Subject, settings)[0]?.severity;
  expect([weighed({}), weighed(undefined)]).toEqual(['info', 'error']);
});
