import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Severity } from '../../src/core/finding.ts';
import { openSubject } from '../../src/validate/open-subject.ts';
import { allRules } from '../../src/validate/rules/index.ts';
import { runRules } from '../../src/validate/run.ts';
import type { Target, Trial } from '../../src/validate/subject.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

/** One archive and what a rule must say about it. */
export interface RuleCase {
  /** What is special about the archive. */
  readonly about: string;
  /** `none`: a good neighbour of a bad case, about which the rule must be silent. */
  readonly expected: Severity | 'none';
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Default: a sound one naming handler.py. */
  readonly manifest?: unknown;
  /** A part of the message or of the hint. */
  readonly says?: string;
  readonly sizeBudget?: number;
  /** The server it is made for. */
  readonly target?: Target;
  /** What running the model gave; without it the model is not run. */
  readonly trial?: Trial;
}

export const soundHandler = { 'handler.py': 'def handle(data, context):\n    return data\n' };
export const onnx = readFileSync(new URL('../fixtures/models/linear4x3.onnx', import.meta.url));
export const module = (code: string) => ({
  files: { 'h.mjs': code },
  manifest: manifestOf({ handler: 'h.mjs' }, 'nodejs'),
});
export const python = (code: string | Uint8Array) => ({ files: { 'handler.py': code }, manifest: manifestOf({}) });
export const config = (yaml: string) => ({
  files: { ...soundHandler, 'model-config.yaml': yaml },
  manifest: manifestOf({ configFile: 'model-config.yaml' }),
});
export const answered = (status: number, isKnown: boolean): { trial: Trial } => ({
  trial: { kind: 'answered', status, message: 'no such class', input: { label: 'an image', isKnown } },
});
export const requirements = (text: string) => ({
  files: { ...soundHandler, 'requirements.txt': text },
  manifest: manifestOf({ requirementsFile: 'requirements.txt' }),
});
export const builtin = (model: Record<string, string>, files: Record<string, string | Uint8Array> = {}) => ({
  files: { 'notes.md': 'x', ...files },
  manifest: manifestOf({ handler: 'image_classifier', ...model }),
});
export const withOnnx = (files: Record<string, string | Uint8Array> = {}, model: Record<string, string> = {}) =>
  builtin({ serializedFile: 'm.onnx', ...model }, { 'm.onnx': onnx, ...files });
/** An image classifier over ONNX with a configuration. */
export const configured = (yaml: string) =>
  withOnnx({ 'model-config.yaml': yaml }, { configFile: 'model-config.yaml', handler: 'image_classifier' });

/** An archive with the record that `mar pack` would have written of it, and the files that differ from that. */
export const recorded = (changes: Record<string, string>, text?: string) => {
  const packed = { ...soundHandler, 'MAR-INF/MANIFEST.json': JSON.stringify(manifestOf({})) };
  const files = Object.entries(packed).map(([path, content]) => {
    return [path, { size: content.length, sha256: createHash('sha256').update(content).digest('hex') }];
  });
  const build = { tool: 'ts-model-archiver', version: '0.1.0', compression: 'auto' };
  const record = JSON.stringify({ schemaVersion: 1, build, files: Object.fromEntries(files) });
  return { files: { ...soundHandler, 'MAR-INF/mar.json': text ?? record, ...changes }, manifest: manifestOf({}) };
};

/** What a rule says of bad archives and, as a promise too, that it is silent about their good neighbours. */
export function testRule(rule: string, cases: readonly RuleCase[]): void {
  describe(rule, () => {
    it.each(cases)('$about: $expected', async (found) => {
      const [first, ...others] = await judge(rule, found);
      expect(others).toEqual([]);
      expect(first?.severity ?? 'none', first?.message).toBe(found.expected);
      if (found.says !== undefined) expect(`${first?.message} ${first?.hint}`).toContain(found.says);
    });

    it('has a bad case and a valid one', () => {
      const verdicts = cases.map(({ expected }) => expected);
      expect(verdicts).toContain('none');
      expect(verdicts.filter((verdict) => verdict !== 'none')).not.toEqual([]);
    });
  });
}

async function judge(rule: string, { files = soundHandler, sizeBudget, target, trial, ...rest }: RuleCase) {
  const manifest = 'manifest' in rest ? rest.manifest : manifestOf({});
  const path = await makeMar(join(await tempTree(), 'm.mar'), { files, manifest });
  const subject = await openSubject(path, { sizeBudget, target, ...(trial && { trial: async () => trial }) });
  try {
    const findings = await runRules(subject, allRules);
    expect(findings.filter((finding) => finding.rule === 'internal/rule-failed')).toEqual([]);
    return findings.filter((finding) => finding.rule === rule);
  } finally {
    await subject.close();
  }
}
