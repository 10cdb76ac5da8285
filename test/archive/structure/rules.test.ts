import { expect, test } from 'vitest';
import { archiveRules } from '../../../src/archive/structure/rules.ts';

test('every rule has a severity, a title without a full stop and help in full sentences', () => {
  for (const [id, { severity, title, help }] of Object.entries(archiveRules)) {
    expect(id).toMatch(/^archive\/[a-z0-9-]+$/);
    expect(['error', 'warning', 'info'], id).toContain(severity);
    expect([title.endsWith('.'), help.length > 10], id).toEqual([false, true]);
  }
});
