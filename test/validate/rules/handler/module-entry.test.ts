import { manifestOf } from '../../../support/make-mar.ts';
import { module, testRule } from '../../rule-cases.ts';

testRule('handler/module-entry', [
  {
    about: 'no export',
    expected: 'error',
    ...module('const handler = { handle() {} };'),
  },
  {
    about: 'a misspelt step',
    expected: 'error',
    ...module('export default { preProcess() {} };'),
    says: 'spelled preprocess',
  },
  {
    about: 'a class',
    expected: 'error',
    ...module('export default class Handler { handle() {} }'),
  },
  {
    about: 'an export that is not there',
    expected: 'error',
    files: { 'h.mjs': 'export const main = { handle() {} };' },
    manifest: manifestOf({ handler: 'h.mjs:mian' }, 'nodejs'),
    says: 'it exports main',
  },
  {
    about: 'functions named as the steps',
    expected: 'none',
    ...module('export function preprocess() {}\nexport function postprocess() {}'),
  },
  {
    about: 'a handler',
    expected: 'none',
    ...module(
      'import { defineHandler } from "ts-model-archiver/handler";\nexport default defineHandler({ handle() {} });',
    ),
  },
]);
