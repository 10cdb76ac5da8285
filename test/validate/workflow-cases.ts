import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Severity } from '../../src/core/finding.ts';
import { openSubject } from '../../src/validate/open-subject.ts';
import { allRules } from '../../src/validate/rules/index.ts';
import { runRules } from '../../src/validate/run.ts';
import { makeWar, type WarContent } from '../support/make-war.ts';
import { tempTree } from '../support/temp-tree.ts';

export const python = (...names: readonly string[]) =>
  ['wf.py', names.map((name) => `def ${name}(data, context):\n    return data\n`).join('\n')] as const;
export const module = (...names: readonly string[]) =>
  ['wf.mjs', names.map((name) => `export function ${name}(rows) { return rows; }\n`).join('')] as const;

export const spec = 'models:\n  m1:\n    url: digits.mar\ndag:\n  pre: [m1]\n  m1: [post]\n';
export const sound: WarContent = { spec, handler: python('pre', 'post') };
export const withManifest = (changes: Readonly<Record<string, unknown>>): WarContent => {
  const workflow = { workflowName: 'wf', specFile: 'wf.yaml', handler: 'wf.py' };
  return { ...sound, manifest: { createdOn: '29/11/2020', archiverVersion: '0.2.15', workflow, ...changes } };
};
export const dag = (text: string): WarContent => ({
  spec: `models: {}\ndag:\n${text}`,
  handler: python('a', 'b', 'c'),
});
export const models = (text: string): WarContent => ({ spec: `models:\n${text}dag:\n  m1: []\n`, handler: python() });
export const functions = (handler: readonly [string, string]): WarContent => ({ spec, handler });

/** One workflow archive and what a rule must say about it: `none` for a good neighbour; `says` is a part of a message or a hint. */
export type WorkflowCase = readonly [about: string, expected: Severity | 'none', content: WarContent, says?: string];

export async function judge(path: string) {
  const subject = await openSubject(path);
  try {
    return { kind: subject.kind, findings: await runRules(subject, allRules) };
  } finally {
    await subject.close();
  }
}

export const judgeWar = async (content: WarContent) => judge(await makeWar(join(await tempTree(), 'wf.war'), content));

/** What a rule says of bad workflows and, as a promise too, that it is silent about their good neighbours. */
export function testWorkflowRule(rule: string, cases: readonly WorkflowCase[]): void {
  describe(rule, () => {
    for (const [about, expected, content, says] of cases) {
      it(`${about}: ${expected}`, async () => {
        const { findings } = await judgeWar(content);
        expect(findings.filter((finding) => finding.rule === 'internal/rule-failed')).toEqual([]);
        const own = findings.filter((finding) => finding.rule === rule);
        expect(own[0]?.severity ?? 'none', own[0]?.message).toBe(expected);
        if (says !== undefined) expect(own.map(({ message, hint }) => `${message} ${hint}`).join()).toContain(says);
      });
    }

    it('has a bad case and a valid one', () => {
      const verdicts = cases.map(([, expected]) => expected);
      expect(verdicts).toContain('none');
      expect(verdicts.filter((verdict) => verdict !== 'none')).not.toEqual([]);
    });
  });
}
