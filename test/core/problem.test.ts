import { describe, expect, it } from 'vitest';
import { createProblemLog, MAX_PROBLEMS, toFinding } from '../../src/core/problem.ts';

type Rule = 'a/one' | 'a/two' | 'a/left-out';

describe('createProblemLog', () => {
  it('keeps the problems in order', () => {
    const log = createProblemLog<Rule>('a/left-out');
    log.add('a/two', 'second rule first');
    log.add('a/one', 'with a place', { at: { offset: 3 }, hint: 'mend it' });
    expect(log.list()).toEqual([
      { rule: 'a/two', message: 'second rule first' },
      { rule: 'a/one', message: 'with a place', at: { offset: 3 }, hint: 'mend it' },
    ]);
  });

  it('reports nothing at exactly its limit', () => {
    const log = createProblemLog<Rule>('a/left-out');
    for (let count = 0; count < MAX_PROBLEMS; count++) log.add('a/one', `${count}`);
    expect(log.list()).toHaveLength(MAX_PROBLEMS);
    expect(log.list().at(-1)?.rule).toBe('a/one');
  });

  it('reports how many it omitted, and still knows their rules', () => {
    const log = createProblemLog<Rule>('a/left-out');
    for (let count = 0; count < MAX_PROBLEMS + 6; count++) log.add('a/one', `${count}`);
    expect(log.list()).toHaveLength(MAX_PROBLEMS + 1);
    expect(log.list().at(-1)).toMatchObject({ rule: 'a/left-out', message: expect.stringMatching(/^6 more problems/) });
  });

  it('keeps the first of each rule, so that many warnings hide no error', () => {
    const log = createProblemLog<Rule>('a/left-out');
    for (let count = 0; count < MAX_PROBLEMS + 6; count++) log.add('a/one', `${count}`);
    log.add('a/two', 'the one that matters');
    log.add('a/two', 'and another');
    expect(log.list().at(-2)).toEqual({ rule: 'a/two', message: 'the one that matters' });
    expect(log.list().at(-1)?.message).toMatch(/^7 more problems/);
    expect(log.has((rule) => rule === 'a/two')).toBe(true);
  });
});

describe('toFinding', () => {
  it('takes the severity from the rule and the location from the problem', () => {
    const seen = { rule: 'a/one', message: 'wrong', at: { member: 'x', line: 2 } };
    const finding = {
      rule: 'a/one',
      severity: 'warning',
      message: 'wrong',
      at: { path: 'm.mar', member: 'x', line: 2 },
    };
    expect(toFinding(seen, 'warning', 'm.mar')).toEqual(finding);
  });

  it('a problem may be more severe than its rule', () => {
    expect(toFinding({ rule: 'a/one', message: 'wrong', severity: 'error' }, 'info', 'm.mar').severity).toBe('error');
  });
});
