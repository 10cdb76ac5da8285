import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validate } from '../../src/commands/validate/validate.ts';
import { openFile } from '../../src/core/byte-source.ts';
import { readWeights, type WeightsProblem, weightsRules } from '../../src/weights/index.ts';
import { makeMar, manifestOf } from '../support/make-mar.ts';
import { tempTree } from '../support/temp-tree.ts';

/** Tables of members, a folder for each kind; `record.py` beside them writes them and has the real libraries load each. */
const root = new URL('../fixtures/judged/', import.meta.url).pathname;

interface Line {
  readonly file: string;
  readonly verdict: 'dangerous' | 'refused' | 'good' | 'harmless';
  readonly why: string;
  readonly detected?: string;
  /** Of what is refused: the reason. */
  readonly rule?: string;
}

const VERDICTS = 'verdicts.jsonl';
const kinds = readdirSync(root).filter((name) => !name.includes('.'));

const linesOf = (kind: string) =>
  readFileSync(join(root, kind, VERDICTS), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

async function read(path: string, name: string) {
  const source = await openFile(path);
  try {
    return await readWeights(source, name);
  } finally {
    await source.close();
  }
}

const isDanger = ({ rule }: WeightsProblem) => rule.startsWith('weights/pickle-unsafe');
const isError = ({ rule }: WeightsProblem) => weightsRules[rule].severity === 'error';
const isSaid = ({ rule }: WeightsProblem) => weightsRules[rule].severity !== 'info';

describe.each(kinds)('%s', (kind) => {
  const lines = linesOf(kind);

  it('has a line for each member', () => {
    const files = readdirSync(join(root, kind)).filter((name) => name !== VERDICTS);
    expect(lines.map(({ file }) => file).sort()).toEqual(files.sort());
  });

  it.each(lines)('$file is $verdict: $why', async ({ file, verdict, detected, rule }) => {
    const reading = await read(join(root, kind, file), file);
    const { problems } = reading;
    if (detected !== undefined) expect(reading.detected).toBe(detected);
    if (verdict === 'dangerous' && rule === undefined)
      expect(problems.filter(isDanger), JSON.stringify(problems)).not.toEqual([]);
    if (verdict === 'good' || verdict === 'harmless') expect(problems.filter(isDanger)).toEqual([]);
    if (verdict === 'refused') expect(problems.filter(isError)).not.toEqual([]);
    if (rule !== undefined) expect(problems.filter(isError).map((problem) => problem.rule)).toContain(rule);
    if (verdict === 'good') expect(problems.filter(isSaid)).toEqual([]);
  });

  it('is judged the same beside a handler, under the same names', async () => {
    const known = lines.filter(({ verdict }) => verdict !== 'refused');
    const files = Object.fromEntries(
      known.map(({ file }) => [`${kind}/${file}`, readFileSync(join(root, kind, file))]),
    );
    const path = join(await tempTree({}), 'm.mar');
    await makeMar(path, {
      files: { ...files, 'handler.py': 'def handle(data, context):\n    return data\n' },
      manifest: manifestOf({}),
    });
    const { findings } = await validate({ path, config: false });
    const bad = new Set(findings.filter(({ severity }) => severity === 'error').map(({ at }) => at.member));
    const isBad = ({ file }: Line) => bad.has(`${kind}/${file}`);
    expect(known.filter((line) => line.verdict === 'dangerous' && !isBad(line))).toEqual([]);
    expect(known.filter((line) => line.verdict === 'good' && isBad(line))).toEqual([]);
  });
});
