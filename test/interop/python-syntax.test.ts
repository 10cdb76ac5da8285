import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { parsePython } from '../../src/source/parse-python.ts';
import { encodedPython } from '../support/python-encodings.ts';

/** Our parser against CPython's: no file that it compiles may be called bad with certainty. */
const judges = ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3'].filter(isThere);
if (judges.length === 0) console.log('SKIPPED: no python3');
/** Files of the library that are judged, and how many times a fixture is mutated. */
const FILES = 400;
const MUTATIONS = 3_000;

function isThere(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import sys; assert sys.version_info >= (3, 8)'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** True for each text that compiles, else the error. */
function compileAll(python: string, texts: readonly string[]): (true | string)[] {
  const output = execFileSync(python, [join(packageRoot, 'test/interop/readers/python_syntax.py')], {
    input: JSON.stringify(texts),
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output.toString()) as (true | string)[];
}

function fixtures(verdict: string): string[] {
  const folder = join(packageRoot, 'test/fixtures/python', verdict);
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
}

const isBad = (text: string) => {
  const { errors, certain } = parsePython(text);
  return errors.length > 0 && certain;
};

/** One edit of a text: a token dropped, doubled, swapped with its neighbour, or one of another place put in. */
const tokenPattern = /\w+|\s+|[^\w\s]+?/g;
const mutated = fc
  .tuple(
    fc.constantFrom(...[...fixtures('good'), ...fixtures('bad')].filter((text) => text.length < 2_000)),
    fc.nat(),
    fc.nat(),
    fc.nat(3),
  )
  .map(([text, where, other, edit]) => {
    const tokens = text.match(tokenPattern) ?? [];
    const at = where % Math.max(1, tokens.length);
    const inserted = tokens[other % Math.max(1, tokens.length)] ?? '';
    const replacement =
      [[], [tokens[at] ?? '', tokens[at] ?? ''], [tokens[at + 1] ?? '', tokens[at] ?? ''], [inserted]][edit] ?? [];
    tokens.splice(at, edit === 2 ? 2 : 1, ...replacement);
    return tokens.join('');
  });

describe.each(judges)('parsePython and %s', (python) => {
  test('agree on the fixtures', () => {
    const good = fixtures('good');
    const bad = [...fixtures('bad')];
    const version = execFileSync(python, ['-c', 'import sys; print(sys.version_info[1])']).toString().trim();
    // The good ones use the grammar of 3.12.
    if (Number(version) >= 12) expect(compileAll(python, good)).toEqual(good.map(() => true));
    expect(compileAll(python, bad).filter((answer) => answer === true)).toEqual([]);
  });

  test('agree on encodings', () => {
    const script = join(packageRoot, 'test/interop/readers/python_encodings.py');
    const input = JSON.stringify(encodedPython.map(({ bytes }) => bytes.toString('base64')));
    const answers: unknown = JSON.parse(execFileSync(python, [script], { input }).toString());
    expect(answers).toEqual(encodedPython.map(({ name }) => name ?? null));
  });

  test(`agree on ${FILES} files of its library`, () => {
    const library = execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'])
      .toString()
      .trim();
    const files = readdirSync(library, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.py') && !/bad|site-packages|lib2to3/.test(name))
      .sort();
    const step = Math.max(1, Math.floor(files.length / FILES));
    const chosen = files.filter((_, index) => index % step === 0);
    const wrong = chosen.filter((name) => isBad(readFileSync(join(library, name), 'utf8')));
    const answers = compileAll(
      python,
      wrong.map((name) => readFileSync(join(library, name), 'utf8')),
    );
    expect(chosen.length).toBeGreaterThan(100);
    expect(wrong.filter((_, index) => answers[index] === true)).toEqual([]);
  });

  test(`agree on ${MUTATIONS} mutated texts`, () => {
    const texts = fc.sample(mutated, { numRuns: MUTATIONS, seed: 12 });
    const answers = compileAll(python, texts);
    expect(texts.filter((text, index) => answers[index] === true && isBad(text))).toEqual([]);
    // What Python refuses is seen but for what only its compiler knows.
    const refused = texts.filter((_, index) => answers[index] !== true);
    const seen = refused.filter((text) => parsePython(text).errors.length > 0);
    expect(seen.length / refused.length).toBeGreaterThan(0.97);
  });
});
