import { dag, models, python, sound, spec, testWorkflowRule } from '../../workflow-cases.ts';

const manyNodes = Array.from({ length: 300 }, (_, index) => `n${index}`).join(', ');

testWorkflowRule('workflow/spec', [
  ['no specification', 'error', { handler: python('pre') }, 'not in the archive'],
  ['no YAML', 'error', { ...sound, spec: 'models: {' }, 'Failed to parse yaml'],
  ['an empty file', 'error', { ...sound, spec: '' }, 'expected a mapping, got nothing'],
  ['a key twice', 'error', { ...sound, spec: `${spec}dag: {}\n` }, 'unique'],
  ['aliases that grow without end', 'error', { ...sound, spec: billionLaughs() }, 'alias'],
  ['no dag', 'error', { ...sound, spec: 'models: {}\n' }, '/dag: dag is missing'],
  ['a node without a list', 'error', dag('  a: b\n'), 'expected a list'],
  ['a setting that is not a number', 'error', models('  batch-size: many\n  m1: { url: m.mar }\n'), 'from 1 to 65536'],
  ['a model that is not a mapping', 'error', models('  m1: m.mar\n'), 'expected a mapping with a url'],
  ['a name that is a path', 'error', dag('  a: [../b]\n'), 'is not a valid node name'],
  ['a name that is a number', 'error', dag('  a: [1]\n'), 'write it in quotes'],
  ['more nodes than any server should start', 'error', dag(`  a: [${manyNodes}]\n`), '301 nodes'],
  ['blank names in a list', 'none', dag('  a: [b, "", null]\n')],
]);

function billionLaughs(): string {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`);
  return `l0: &l0 [x]\n${levels.join('\n')}\n`;
}
