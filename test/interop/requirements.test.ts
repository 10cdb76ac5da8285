import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { normaliseName } from '../../src/model/documents/requirements/package.ts';
import { parseRequirements } from '../../src/model/documents/requirements.ts';
import { findTorchServe } from './torchserve.ts';

/** Our reading of requirements files against pip's own parser; before 24.1 pip took versions that it refuses now. */
const torchServe = findTorchServe();
const python = ['python3', ...('missing' in torchServe ? [] : [torchServe.python])].find((each) => {
  const check = 'import pip; assert tuple(map(int, pip.__version__.split(".")[:2])) >= (24, 1)';
  return spawnSync(each, ['-c', check], { stdio: 'ignore' }).status === 0;
});
if (python === undefined) console.log('SKIPPED: no python3 has pip 24.1 or newer');
const GENERATED = 2_000;

const table = readFileSync(join(packageRoot, 'test/fixtures/requirements/lines.txt'), 'utf8')
  .trim()
  .split('\n')
  .map((row) => row.split(' | ') as [kind: string, text: string]);

function askPip(files: readonly Uint8Array[]): ('refused' | (string | null)[])[] {
  const input = JSON.stringify(files.map((file) => Buffer.from(file).toString('base64')));
  const script = join(packageRoot, 'test/interop/readers/requirements.py');
  const output = execFileSync(python ?? '', [script], { input, maxBuffer: 2 ** 26, stdio: ['pipe', 'pipe', 'ignore'] });
  return JSON.parse(output.toString()) as ('refused' | (string | null)[])[];
}

/** The names of packages, or that pip would refuse the file. */
function read(file: Uint8Array): 'refused' | string[] {
  const lines = parseRequirements(file);
  if (!Array.isArray(lines) || lines.some(({ kind }) => kind === 'refused')) return 'refused';
  return lines.flatMap((line) => (line.kind === 'package' ? [line.name] : []));
}

const word = fc.constantFrom('a', 'b-c', 'D.e', 'f_g', '1x', '-h', 'i-');
const version = fc.constantFrom(
  '1',
  '1.2',
  '1.*',
  '1.0a1',
  '1.0.post1',
  '1+x',
  '2!1',
  'v1',
  '1.0-1',
  'x',
  '',
  '1 2',
  '1.0.dev1',
  '1.x',
);
const operator = fc.constantFrom('==', '>=', '<=', '~=', '!=', '===', '=', '>', '<', '=>', '');
const clause = fc.tuple(operator, version).map(([each, behind]) => each + behind);
const marker = fc.constantFrom(
  '',
  '',
  '; python_version < "3"',
  '; python_version',
  ";os_name=='x' and extra=='y'",
  '; (sys_platform == "a"',
  ' ; "a" in os_name',
  ';',
);
const comment = fc.constantFrom('', '', ' # why', '#why', ' \\');
const extra = fc.constantFrom('', '', '[x]', '[x,y]', '[ x , y ]', '[x', '[,]', '[]', '[x y]');
const option = fc.constantFrom('', '', '', ' --hash=sha256:00', ' --hash=md5:0', ' --pre', ' --nope', ' --no-binary');
const line = fc
  .tuple(word, extra, fc.array(clause, { maxLength: 3 }), marker, option, comment)
  .map(
    ([name, extras, clauses, marked, options, behind]) => name + extras + clauses.join(',') + marked + options + behind,
  );

describe.skipIf(python === undefined)('requirements as pip reads them', () => {
  test('pip accepts and refuses the lines of the table as we do', () => {
    const asked = table.filter(([kind]) => kind !== 'open');
    const answers = askPip(asked.map(([, text]) => Buffer.from(text)));
    const differing = asked.filter(([kind], index) => (kind === 'refused') !== (answers[index] === 'refused'));
    expect(differing).toEqual([]);
  });

  test('pip decodes files as we do', () => {
    const text = 'a==1\r\nb>=2\n';
    const utf16 = Buffer.from(text, 'utf16le');
    const files = [
      Buffer.from(`\ufeff${text}`),
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      Buffer.from(`# coding: latin-1\n# \u00e9\n${text}`, 'latin1'),
      Buffer.from('a==1\u2028b\x0cc\x1dd\n'),
      Buffer.from(''),
      Buffer.from('\\\n'),
      Buffer.from('a \\\n# b\nc\n'),
    ];
    expect(files.map(read)).toEqual(askPip(files));
  });

  test(`pip reads ${GENERATED} generated files as we do`, () => {
    const files = fc
      .sample(fc.array(line, { minLength: 1, maxLength: 2 }), { numRuns: GENERATED, seed: 12 })
      .map((lines) => Buffer.from(lines.join('\n')));
    const answers = askPip(files);
    const differing = files.flatMap((file, index) => {
      const answer = answers[index];
      const pip = Array.isArray(answer) ? answer.map((name) => normaliseName(name ?? '')) : answer;
      const ours = read(file);
      return JSON.stringify(pip) === JSON.stringify(ours) ? [] : [{ text: file.toString(), pip, ours }];
    });
    expect(differing).toEqual([]);
  });
});
