import { expect, test } from 'vitest';
import { weightsRules } from '../../../src/weights/reading/rules.ts';

test('every rule has a severity, a title without a full stop and help in sentences', () => {
  for (const [id, { severity, title, help }] of Object.entries(weightsRules)) {
    expect(id).toMatch(/^weights\/[a-z0-9-]+$/);
    expect(['error', 'warning', 'info'], id).toContain(severity);
    expect([title.endsWith('.'), help.endsWith('.')], id).toEqual([false, true]);
  }
});
