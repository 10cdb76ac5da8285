import type { Severity } from '../../src/core/finding.ts';
import type { WarContent } from '../support/make-war.ts';

/** One workflow archive and what one rule must say about it. */
export interface WorkflowCase extends WarContent {
  readonly rule: string;
  readonly about: string;
  /** `none`: a good neighbour of a bad case, about which the rule must be silent. */
  readonly expected: Severity | 'none';
  /** A part of a message or of a hint. */
  readonly says?: string;
}

const python = (...names: readonly string[]) =>
  ['wf.py', names.map((name) => `def ${name}(data, context):\n    return data\n`).join('\n')] as const;
const module = (...names: readonly string[]) =>
  ['wf.mjs', names.map((name) => `export function ${name}(rows) { return rows; }\n`).join('')] as const;

const spec = 'models:\n  m1:\n    url: digits.mar\ndag:\n  pre: [m1]\n  m1: [post]\n';
const sound: WarContent = { spec, handler: python('pre', 'post') };
const withManifest = (changes: Readonly<Record<string, unknown>>): WarContent => {
  const workflow = { workflowName: 'wf', specFile: 'wf.yaml', handler: 'wf.py' };
  return { ...sound, manifest: { createdOn: '29/11/2020', archiverVersion: '0.2.15', workflow, ...changes } };
};
const dag = (text: string): WarContent => ({ spec: `models: {}\ndag:\n${text}`, handler: python('a', 'b', 'c') });
const models = (text: string): WarContent => ({ spec: `models:\n${text}dag:\n  m1: []\n`, handler: python() });
const functions = (handler: readonly [string, string]): WarContent => ({ spec, handler });

type Row = readonly [about: string, expected: WorkflowCase['expected'], content: WarContent, says?: string];

const everySetting =
  'min-workers: 1, max-workers: 2, batch-size: 4, max-batch-delay: 10, retry-attempts: 0, timeout-ms: 500';
const manyNodes = Array.from({ length: 300 }, (_, index) => `n${index}`).join(', ');

const table: Readonly<Record<string, readonly Row[]>> = {
  manifest: [
    ['no manifest', 'error', { ...sound, manifest: undefined }, 'Missing Workflow entry'],
    ['no workflow', 'error', withManifest({ workflow: undefined }), 'Missing Workflow entry'],
    ['no name', 'error', withManifest({ workflow: {} }), 'Workflow name is not defined'],
    ['no archiver version', 'error', withManifest({ archiverVersion: undefined }), 'Workflow archive version'],
    ['no creation date', 'error', withManifest({ createdOn: undefined }), 'createdOn is not defined'],
    ['a number for a name', 'error', withManifest({ workflow: { workflowName: 7 } }), 'Failed to parse signature'],
    ['upstream’s manifest', 'none', sound],
  ],
  spec: [
    ['no specification', 'error', { handler: python('pre') }, 'not in the archive'],
    ['no YAML', 'error', { ...sound, spec: 'models: {' }, 'Failed to parse yaml'],
    ['an empty file', 'error', { ...sound, spec: '' }, 'expected a mapping, got nothing'],
    ['a key twice', 'error', { ...sound, spec: `${spec}dag: {}\n` }, 'unique'],
    ['aliases that grow without end', 'error', { ...sound, spec: billionLaughs() }, 'alias'],
    ['no dag', 'error', { ...sound, spec: 'models: {}\n' }, '/dag: there is no dag'],
    ['a node without a list', 'error', dag('  a: b\n'), 'expected a list'],
    ['a setting that is no number', 'error', models('  batch-size: many\n  m1: { url: m.mar }\n'), 'from 1 to 65536'],
    ['a model that is no mapping', 'error', models('  m1: m.mar\n'), 'expected a mapping with a url'],
    ['a name that is a path', 'error', dag('  a: [../b]\n'), 'is no name of a node'],
    ['a name that is a number', 'error', dag('  a: [1]\n'), 'write it in quotes'],
    ['more nodes than any server should start', 'error', dag(`  a: [${manyNodes}]\n`), '301 nodes'],
    ['blank names in a list', 'none', dag('  a: [b, "", null]\n')],
  ],
  graph: [
    ['a self loop', 'error', dag('  a: [a]\n'), 'Self loop exception'],
    ['an edge twice', 'error', dag('  a: [b, b]\n'), 'loop exception'],
    ['two starts', 'error', dag('  a: [c]\n  b: [c]\n'), 'only one start node'],
    ['no node', 'error', dag('  {}\n'), 'only one start node'],
    ['a circle behind the start', 'error', dag('  a: [b]\n  b: [c]\n  c: [b]\n'), 'Not a valid DAG'],
    ['branches that join', 'none', dag('  a: [b, c]\n  b: [c]\n')],
  ],
  models: [
    ['a model without a url', 'error', models('  m1: {}\n'), 'has no url'],
    ['a model that is no node', 'warning', models('  m1: { url: m.mar }\n  m2: { url: m.mar }\n'), 'm2 is no node'],
    ['a model with a url', 'none', sound],
  ],
  settings: [
    ['a misspelt setting', 'warning', models('  m1: { url: m.mar, batchsize: 4 }\n'), 'Did you mean batch-size'],
    [
      'more workers at least than at most',
      'warning',
      models('  m1: { url: m.mar, min-workers: 3 }\n'),
      'above max-workers 1',
    ],
    ['every known setting', 'none', models(`  m1: { url: m.mar, ${everySetting} }\n`)],
  ],
  functions: [
    ['a Python function that is not there', 'error', functions(python('pre', 'pots')), 'Did you mean pots'],
    ['an export that is not there', 'error', functions(module('pre')), 'it has no export "post"'],
    [
      'a class for a function',
      'error',
      functions(['wf.py', 'def pre(d, c):\n  pass\nclass post:\n  pass\n']),
      'it is a class',
    ],
    ['no handler', 'error', { spec }, 'The workflow has no handler'],
    [
      'a handler that is not in the archive',
      'error',
      withManifest({ workflow: { workflowName: 'wf', specFile: 'wf.yaml', handler: 'gone.py' } }),
      'gone.py',
    ],
    ['Python functions', 'none', sound],
    ['exported functions', 'none', functions(module('pre', 'post'))],
    ['names that a star import may bring', 'none', functions(['wf.py', 'from steps import *\n'])],
  ],
};

export const workflowCases: readonly WorkflowCase[] = Object.entries(table).flatMap(([rule, rows]) =>
  rows.map(([about, expected, content, says]) => ({
    ...content,
    rule: `workflow/${rule}`,
    about,
    expected,
    ...(says === undefined ? {} : { says }),
  })),
);

function billionLaughs(): string {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`);
  return `l0: &l0 [x]\n${levels.join('\n')}\n`;
}
