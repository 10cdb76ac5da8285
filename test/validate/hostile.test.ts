import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSubject } from '../../src/validate/open-subject.ts';
import { allRules } from '../../src/validate/rules/index.ts';
import { runRules } from '../../src/validate/run.ts';

const folder = new URL('../fixtures/hostile/', import.meta.url);

interface Expected {
  readonly file: string;
  readonly expect: 'accept' | 'warn' | 'reject' | 'dangerous';
  readonly why: string;
}

const archives = readFileSync(new URL('archives.jsonl', folder), 'utf8')
  .trim()
  .split('\n')
  .map((line): Expected => JSON.parse(line))
  .filter(({ file }) => file.startsWith('mar/'));

async function judge(file: string) {
  const subject = await openSubject(fileURLToPath(new URL(file, folder)));
  try {
    const findings = await runRules(subject, allRules);
    // In the files of torch-model-archiver the weights are placeholders.
    return file.includes('/tma-') ? findings.filter(({ rule }) => !rule.startsWith('weights/')) : findings;
  } finally {
    await subject.close();
  }
}

describe('the corpus of hostile and good archives', () => {
  it('is here', () => expect(archives.length).toBeGreaterThan(30));

  it.each(archives)('$file: $expect ($why)', async ({ file, expect: wanted }) => {
    const findings = await judge(file);
    const severities = findings.map(({ severity }) => severity);
    const seen = findings.map(({ rule, message }) => `${rule}: ${message}`).join('\n');
    switch (wanted) {
      case 'accept':
        expect(
          severities.filter((severity) => severity !== 'info'),
          seen,
        ).toEqual([]);
        break;
      case 'warn':
        expect(severities, seen).toContain('warning');
        break;
      case 'reject':
        expect(severities, seen).toContain('error');
        break;
      case 'dangerous':
        expect(
          findings.filter(({ rule, severity }) => severity === 'error' && rule.startsWith('weights/pickle')),
          seen,
        ).not.toEqual([]);
    }
  });
});
