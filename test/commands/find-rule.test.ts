import { expect, test } from 'vitest';
import { findRule } from '../../src/commands/find-rule.ts';

test('a rule is found by its id, and one that is misspelt is named', () => {
  expect(findRule('manifest/present').id).toBe('manifest/present');
  expect(() => findRule('manifest/presnt')).toThrow('manifest/present');
  expect(() => findRule('nothing')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
