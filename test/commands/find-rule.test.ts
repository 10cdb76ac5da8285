import { expect, test } from 'vitest';
import { findRule } from '../../src/commands/find-rule.ts';

test('a rule is found by its id, and a misspelt id gets a suggestion', () => {
  expect(findRule('manifest/present', 'rule').id).toBe('manifest/present');
  expect(() => findRule('manifest/presnt', 'rule')).toThrow('manifest/present');
  expect(() => findRule('nothing', 'allow')).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(/^allow: /) }),
  );
});
