import { testRule } from '../../rule-cases.ts';

testRule('hygiene/size', [
  { about: 'more than the budget', expected: 'error', sizeBudget: 100, says: 'budget of 100' },
  { about: 'less than the budget', expected: 'none', sizeBudget: 100_000 },
  { about: 'no budget', expected: 'none' },
]);
