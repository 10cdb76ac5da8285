import { expect, test } from 'vitest';
import { formatValidateJson } from '../../../../src/ui/reporters/validate/json.ts';

test('the report is the version and the findings, nothing else', () => {
  const findings = [{ rule: 'a/b', severity: 'error', message: 'x', at: {} }];
  const result = { schemaVersion: 1, path: 'm', passed: false, findings } as unknown;
  const text = formatValidateJson(result as Parameters<typeof formatValidateJson>[0]);
  expect([JSON.parse(text), text.endsWith('}\n')]).toEqual([{ schemaVersion: 1, findings }, true]);
});
