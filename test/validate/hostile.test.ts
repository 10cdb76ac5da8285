import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { archiveRules } from '../../src/archive/structure/rules.ts';
import type { ValidateOptions } from '../../src/commands/validate/options.ts';
import { validate } from '../../src/commands/validate/validate.ts';
import type { Finding } from '../../src/core/finding.ts';
import { weightsRules } from '../../src/weights/index.ts';
import { testContext } from '../support/context.ts';
import { weightsCases } from './weights-cases.ts';

const folder = new URL('../fixtures/hostile/', import.meta.url);

interface Expected {
  readonly file: string;
  readonly expect: 'accept' | 'warn' | 'reject' | 'dangerous';
  readonly why: string;
  readonly sha256: string;
}

const corpus = ['archives.jsonl', 'weights.jsonl'].flatMap((list) =>
  readFileSync(new URL(list, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line): Expected => JSON.parse(line)),
);

const layers = ['zip', 'tar', 'mar', 'pickle', 'torch', 'safetensors', 'onnx'] as const;
type Layer = (typeof layers)[number];
const layerOf = ({ file }: Expected) => file.slice(0, file.indexOf('/')) as Layer;

/** Each layer judges its own part: most of these containers have no manifest, most of these weights no archive. */
function areasOf({ file, ...rest }: Expected): Pick<ValidateOptions, 'only'> {
  const layer = layerOf({ file, ...rest });
  if (layer === 'zip' || layer === 'tar') return { only: ['archive'] };
  if (layer !== 'mar') return { only: file.endsWith('.mar') ? ['archive', 'weights'] : ['weights'] };
  // In the files of torch-model-archiver the weights are placeholders.
  return file.includes('/tma-')
    ? { only: ['archive', 'manifest', 'config', 'handler', 'compatibility', 'hygiene'] }
    : {};
}

type Outcome = 'right' | 'wrongly refused' | 'wrongly accepted' | 'crashed';

function compare(wanted: Expected['expect'], findings: readonly Finding[]): Outcome {
  const has = (severity: string, prefix = '') =>
    findings.some((found) => found.severity === severity && found.rule.startsWith(prefix));
  if (has('error', 'internal/')) return 'crashed';
  switch (wanted) {
    case 'accept':
      return has('error') || has('warning') ? 'wrongly refused' : 'right';
    case 'warn':
      return has('error') || has('warning') ? 'right' : 'wrongly accepted';
    case 'reject':
      return has('error') ? 'right' : 'wrongly accepted';
    case 'dangerous':
      return has('error', 'weights/pickle') ? 'right' : 'wrongly accepted';
  }
}

const table = new Map(
  layers.map((layer) => [layer, { right: 0, 'wrongly refused': 0, 'wrongly accepted': 0, crashed: 0 }]),
);

async function judge(wanted: Expected): Promise<{ outcome: Outcome; seen: string }> {
  const path = fileURLToPath(new URL(wanted.file, folder));
  try {
    const { findings } = await validate({ path, config: false, ...areasOf(wanted) }, testContext('/'));
    for (const { rule } of findings) raised.add(rule);
    const seen = findings.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`).join('\n');
    return { outcome: compare(wanted.expect, findings), seen };
  } catch (error) {
    return { outcome: 'crashed', seen: String(error) };
  }
}

const raised = new Set<string>();
/** Rules about sizes and forms that no file of a few kB can break: test/archive breaks them. */
const elsewhere = [
  'archive/entries',
  'archive/total-size',
  'archive/zip64-small',
  'archive/left-out',
  'archive/second-reader',
];

describe('the corpus of hostile and good files', () => {
  afterAll(() => console.table(Object.fromEntries(table)));

  it('is complete, byte for byte', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(388);
    const changed = corpus.filter(({ file, sha256 }) => {
      const hash = createHash('sha256').update(readFileSync(new URL(file, folder)));
      return hash.digest('hex') !== sha256;
    });
    expect(changed).toEqual([]);
  });

  it.each(layers)('%s: every file gets its expected verdict', async (layer) => {
    const files = corpus.filter((wanted) => layerOf(wanted) === layer);
    const wrong: string[] = [];
    for (const wanted of files) {
      const { outcome, seen } = await judge(wanted);
      const row = table.get(layer);
      if (row) row[outcome]++;
      if (outcome !== 'right') wrong.push(`${wanted.file} (${wanted.why}): ${outcome}\n${seen}`);
    }
    expect(files.length).toBeGreaterThan(0);
    expect(wrong.join('\n\n')).toBe('');
  });

  it('breaks every rule about archives and weights, together with the cases of this file', () => {
    const alone = ['weights/onnx-too-large', 'weights/left-out'];
    const known = new Set([...raised, ...elsewhere, ...weightsCases.map(({ rule }) => rule), ...alone]);
    const unbroken = [...Object.keys(archiveRules), ...Object.keys(weightsRules)].filter((id) => !known.has(id));
    expect(unbroken).toEqual([]);
  });
});
