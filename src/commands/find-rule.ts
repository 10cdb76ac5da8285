import { ToolError } from '../core/errors.ts';
import { nearest } from '../core/names/nearest.ts';
import type { Rule } from '../validate/rule.ts';
import { allRules } from '../validate/rules/index.ts';

/** The rule with this id, which `option` gave. Throws INVALID_OPTION, with the nearest known id as suggestion. */
export function findRule(id: string, option: string): Rule {
  const found = allRules.find((rule) => rule.id === id);
  if (found) return found;
  const ids = allRules.map((rule) => rule.id);
  const meant = nearest(id, ids);
  const expected = meant ? `the id of a rule, such as ${meant}` : 'the id of a rule (mar explain lists them)';
  throw new ToolError('INVALID_OPTION', { option, found: JSON.stringify(id), expected });
}
