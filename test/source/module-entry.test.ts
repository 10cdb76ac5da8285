import { expect, test } from 'vitest';
import { findEntryProblem } from '../../src/source/module-entry.ts';
import { parseModule } from '../../src/source/parse-module.ts';

const problem = (code: string, entryPoint?: string) => findEntryProblem(parseModule(code), entryPoint)?.reason;

test.each([
  'export default { preprocess() {} };',
  'export default (rows) => rows;',
  'export const handler = { handle() {} };',
  'export function inference() {}',
  'import { make } from "./make.js"; export default make();',
  'export * from "./other.js";',
  'module.exports = {};',
])('%s may be a handler', (code) => {
  expect(problem(code)).toBeUndefined();
});

test.each([
  ['export const other = 1;', 'it exports other'],
  ['', 'it exports nothing'],
  ['export default class Handler {}', 'is a class'],
  ['export default 7;', 'is 7'],
  ['export default { preProcess() {} };', 'preProcess is spelled preprocess'],
])('%s is not a handler', (code, reason) => {
  expect(problem(code)).toContain(reason);
});

test('a file is recognised as a module by its name', () => {
  expect(problem('export const run = (rows) => rows;', 'run')).toBeUndefined();
  expect(problem('export const run = 1;', 'walk')).toContain('no export "walk" (it exports run)');
});
