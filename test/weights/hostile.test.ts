import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../src/archive/read.ts';
import { openFile } from '../../src/core/byte-source.ts';
import { checkReferredFiles, readWeights, type WeightsProblem, weightsRules } from '../../src/weights/index.ts';
import { weightsFactsSchema } from '../../src/weights/reading/facts.ts';

/** The shared corpus of malformed and good weights: every file has a verdict, and none may be wrong. */
const folder = new URL('../fixtures/hostile/', import.meta.url);

interface Row {
  readonly file: string;
  readonly expect: 'accept' | 'warn' | 'reject' | 'dangerous';
  readonly why: string;
  readonly sha256: string;
}

const rows = readFileSync(new URL('weights.jsonl', folder), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

async function problemsOf(file: string): Promise<readonly WeightsProblem[]> {
  const path = new URL(file, folder).pathname;
  if (file.endsWith('.mar')) return problemsInArchive(path);
  const source = await openFile(path);
  try {
    const { facts, problems } = await readWeights(source, basename(file));
    if (facts) weightsFactsSchema.parse(facts);
    return problems;
  } finally {
    await source.close();
  }
}

/** The archives carry model.onnx and its external data, which must be a member and long enough. */
async function problemsInArchive(path: string): Promise<readonly WeightsProblem[]> {
  const archive = await readArchive(path);
  try {
    const tree = archive.tree;
    if (!tree) throw new Error(`${path} has no readable members`);
    const source = await tree.open('model.onnx');
    const { facts, problems } = await readWeights(source, 'model.onnx');
    await source.close();
    if (facts?.format !== 'onnx') return problems;
    return [...problems, ...(await checkReferredFiles(facts, 'model.onnx', tree))];
  } finally {
    await archive.close();
  }
}

function verdictOf(problems: readonly WeightsProblem[]): string {
  const severities = problems.map(({ rule }) => weightsRules[rule].severity);
  if (problems.some(({ rule }) => rule.startsWith('weights/pickle-unsafe'))) return 'dangerous';
  if (severities.includes('error')) return 'reject';
  return severities.includes('warning') ? 'warn' : 'accept';
}

/** What counts as right: a stricter verdict than "warn" is, and refusing by another name is. */
const right: Readonly<Record<Row['expect'], readonly string[]>> = {
  accept: ['accept'],
  warn: ['warn', 'reject', 'dangerous'],
  reject: ['reject', 'dangerous'],
  dangerous: ['dangerous'],
};

describe('the hostile corpus of weights', () => {
  it('is complete: 151 files of four formats', () => {
    expect(rows).toHaveLength(151);
  });

  it.each(rows)('$file: $expect ($why)', async ({ file, expect: expected, sha256 }) => {
    const bytes = readFileSync(new URL(file, folder));
    expect(createHash('sha256').update(bytes).digest('hex'), 'a filter changed the fixture').toBe(sha256);
    const problems = await problemsOf(file);
    expect(right[expected], JSON.stringify(problems)).toContain(verdictOf(problems));
  });
});
