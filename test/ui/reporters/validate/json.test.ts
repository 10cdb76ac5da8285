import { expect, test } from 'vitest';
import { formatValidateJson } from '../../../../src/ui/reporters/validate/json.ts';

type Results = Parameters<typeof formatValidateJson>[0];

test('the report of several archives has all their findings, and passes only if every archive does', () => {
  const finding = (message: string) => ({ rule: 'a/b', severity: 'error', message, at: {} });
  const results = [
    { path: 'm', passed: true, findings: [finding('x')] },
    { path: 'n', passed: false, findings: [finding('y')] },
  ];
  const text = formatValidateJson(results as unknown as Results);
  expect(JSON.parse(text)).toEqual({ schemaVersion: 1, passed: false, findings: [finding('x'), finding('y')] });
});
