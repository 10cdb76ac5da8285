import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Severity } from '../../src/core/finding.ts';
import type { Target, Trial } from '../../src/validate/subject.ts';
import { manifestOf } from '../support/make-mar.ts';

/** One archive and what one rule must say about it. */
export interface RuleCase {
  readonly rule: string;
  /** What is special about the archive. */
  readonly about: string;
  /** `none`: a good neighbour of a bad case, about which the rule must be silent. */
  readonly expected: Severity | 'none';
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Default: a sound one naming handler.py. */
  readonly manifest?: unknown;
  /** A part of the message or of the hint. */
  readonly says?: string;
  readonly sizeBudget?: number;
  /** The server it is made for. */
  readonly target?: Target;
  /** What running the model gave; without it the model is not run. */
  readonly trial?: Trial;
}

const handler = { 'handler.py': 'def handle(data, context):\n    return data\n' };
const onnx = readFileSync(new URL('../fixtures/models/linear4x3.onnx', import.meta.url));
const channels = readFileSync(new URL('../fixtures/models/channel-means.onnx', import.meta.url));
const module = (code: string) => ({ files: { 'h.mjs': code }, manifest: manifestOf({ handler: 'h.mjs' }, 'nodejs') });
const python = (code: string) => ({ files: { 'handler.py': code }, manifest: manifestOf({}) });
const config = (yaml: string) => ({
  files: { ...handler, 'model-config.yaml': yaml },
  manifest: manifestOf({ configFile: 'model-config.yaml' }),
});
const answered = (status: number, isKnown: boolean): { trial: Trial } => ({
  trial: { kind: 'answered', status, message: 'no such class', input: { label: 'an image', isKnown } },
});
const requirements = (text: string) => ({
  files: { ...handler, 'requirements.txt': text },
  manifest: manifestOf({ requirementsFile: 'requirements.txt' }),
});
const builtin = (model: Record<string, string>, files: Record<string, string | Uint8Array> = {}) => ({
  files: { 'notes.md': 'x', ...files },
  manifest: manifestOf({ handler: 'image_classifier', ...model }),
});
const withOnnx = (files: Record<string, string | Uint8Array> = {}, model: Record<string, string> = {}) =>
  builtin({ serializedFile: 'm.onnx', ...model }, { 'm.onnx': onnx, ...files });
/** An image classifier over ONNX with a configuration. */
const configured = (yaml: string) =>
  withOnnx({ 'model-config.yaml': yaml }, { configFile: 'model-config.yaml', handler: 'image_classifier' });

/** An archive with the record that `mar pack` would have written of it, and the files that differ from that. */
const recorded = (changes: Record<string, string>, text?: string) => {
  const packed = { ...handler, 'MAR-INF/MANIFEST.json': JSON.stringify(manifestOf({})) };
  const files = Object.entries(packed).map(([path, content]) => {
    return [path, { size: content.length, sha256: createHash('sha256').update(content).digest('hex') }];
  });
  const build = { tool: 'ts-model-archiver', version: '0.1.0', compression: 'auto' };
  const record = JSON.stringify({ schemaVersion: 1, build, files: Object.fromEntries(files) });
  return { files: { ...handler, 'MAR-INF/mar.json': text ?? record, ...changes }, manifest: manifestOf({}) };
};

export const ruleCases: readonly RuleCase[] = [
  { rule: 'manifest/present', about: 'no manifest', expected: 'error', files: handler, manifest: undefined },
  {
    rule: 'manifest/present',
    about: 'a manifest in lower case',
    expected: 'error',
    files: { ...handler, 'MAR-INF/manifest.json': '{}' },
    manifest: undefined,
    says: 'mar-inf/manifest.json'.replace('mar-inf', 'MAR-INF'),
  },
  { rule: 'manifest/present', about: 'a manifest', expected: 'none' },
  {
    rule: 'manifest/readable',
    about: 'a key twice',
    expected: 'error',
    files: { ...handler, 'MAR-INF/MANIFEST.json': '{"model":{"modelName":"a","modelName":"b"}}' },
    manifest: undefined,
    says: '"modelName" occurs twice',
  },
  { rule: 'manifest/readable', about: 'strict JSON', expected: 'none' },
  {
    rule: 'manifest/shape',
    about: 'a number for a name',
    expected: 'error',
    manifest: { model: { modelName: 7 } },
    says: '/model/modelName',
  },
  { rule: 'manifest/shape', about: 'unknown fields', expected: 'none', manifest: { ...manifestOf({}), later: [1] } },
  { rule: 'manifest/model', about: 'no model', expected: 'error', manifest: { runtime: 'python' } },
  { rule: 'manifest/model', about: 'a model', expected: 'none' },
  { rule: 'manifest/model-name', about: 'a slash', expected: 'error', manifest: manifestOf({ modelName: 'a/b' }) },
  {
    rule: 'manifest/model-name',
    about: 'a final newline, which upstream lets through',
    expected: 'error',
    manifest: manifestOf({ modelName: 'a\n' }),
  },
  { rule: 'manifest/model-name', about: 'no name', expected: 'error', manifest: manifestOf({ modelName: '' }) },
  {
    rule: 'manifest/model-name',
    about: 'every allowed character',
    expected: 'none',
    manifest: manifestOf({ modelName: '1all.Model_x-1' }),
  },
  {
    rule: 'manifest/model-version',
    about: 'a slash',
    expected: 'warning',
    manifest: manifestOf({ modelVersion: '1/0' }),
  },
  { rule: 'manifest/model-version', about: 'no version', expected: 'info', manifest: manifestOf({ modelVersion: '' }) },
  {
    rule: 'manifest/model-version',
    about: 'a version',
    expected: 'none',
    manifest: manifestOf({ modelVersion: '2.3.4-rc1+b7' }),
  },
  {
    rule: 'manifest/runtime',
    about: 'perl',
    expected: 'error',
    manifest: manifestOf({}, 'perl'),
    says: 'python, python3, LSP, nodejs',
  },
  { rule: 'manifest/runtime', about: 'python3', expected: 'none', manifest: manifestOf({}, 'python3') },
  { rule: 'manifest/handler', about: 'no handler', expected: 'error', manifest: manifestOf({ handler: '' }) },
  { rule: 'manifest/handler', about: 'a handler', expected: 'none' },
  {
    rule: 'manifest/files',
    about: 'weights that are not there',
    expected: 'error',
    manifest: manifestOf({ serializedFile: 'gone.onnx' }),
    says: 'gone.onnx',
  },
  { rule: 'manifest/files', about: 'weights that are there', expected: 'none', ...withOnnx() },
  {
    rule: 'manifest/file-names',
    about: 'a climbing path',
    expected: 'error',
    manifest: manifestOf({ configFile: '../../etc/passwd' }),
    says: '".."',
  },
  {
    rule: 'manifest/file-names',
    about: 'a path in a folder',
    expected: 'none',
    manifest: manifestOf({ configFile: 'conf/a.yaml' }),
  },
  {
    rule: 'manifest/only-one',
    about: 'a manifest in a packed archive',
    expected: 'warning',
    files: { ...handler, 'inner/MAR-INF/MANIFEST.json': '{}' },
  },
  {
    rule: 'manifest/only-one',
    about: 'a MANIFEST.json elsewhere',
    expected: 'none',
    files: { ...handler, 'data/MANIFEST.json': '{}' },
  },
  {
    rule: 'manifest/origin',
    about: 'neither date nor version',
    expected: 'info',
    manifest: { model: { modelName: 'm' } },
  },
  { rule: 'manifest/origin', about: 'both', expected: 'none' },

  { rule: 'manifest/record', about: 'no record', expected: 'none' },
  { rule: 'manifest/record', about: 'the files that were packed', expected: 'none', ...recorded({}) },
  {
    rule: 'manifest/record',
    about: 'one byte changed',
    expected: 'warning',
    ...recorded({ 'handler.py': handler['handler.py'].replace('return data', 'return date') }),
    says: 'SHA-256',
  },
  {
    rule: 'manifest/record',
    about: 'another size',
    expected: 'warning',
    ...recorded({ 'handler.py': `${handler['handler.py']}# more\n` }),
    says: 'was packed with',
  },
  {
    rule: 'manifest/record',
    about: 'a file more',
    expected: 'warning',
    ...recorded({ 'new.txt': '' }),
    says: 'added after packing',
  },
  { rule: 'manifest/record', about: 'no JSON', expected: 'warning', ...recorded({}, '{'), says: 'cannot be read' },
  {
    rule: 'manifest/record',
    about: 'no record at all',
    expected: 'warning',
    ...recorded({}, '{}'),
    says: 'schemaVersion',
  },

  { rule: 'config/readable', about: 'bad indentation', expected: 'error', ...config('a: 1\n b: 2\n') },
  { rule: 'config/readable', about: 'nothing', expected: 'error', ...config('# only a comment\n'), says: 'empty' },
  {
    rule: 'config/readable',
    about: 'a tag that builds an object',
    expected: 'error',
    ...config('a: !!python/object:os.system x\n'),
  },
  {
    rule: 'config/readable',
    about: 'an alias bomb',
    expected: 'error',
    ...config(
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(', ')}]`).join('\n')}\n`,
    ),
    says: 'alias',
  },
  { rule: 'config/readable', about: 'a list', expected: 'error', ...config('- a\n- b\n') },
  { rule: 'config/readable', about: 'a key twice', expected: 'error', ...config('a: 1\na: 2\n') },
  { rule: 'config/readable', about: 'aliases in measure', expected: 'none', ...config('a: &x {mean: 1}\nb: *x\n') },
  {
    rule: 'config/values',
    about: 'a text for a number',
    expected: 'warning',
    ...config('batchSize: "four"\n'),
    says: 'batchSize is "four"',
  },
  { rule: 'config/values', about: 'an unknown device', expected: 'warning', ...config('deviceType: tpu\n') },
  {
    rule: 'config/values',
    about: 'more workers at least than at most',
    expected: 'warning',
    ...config('minWorkers: 3\nmaxWorkers: 2\n'),
  },
  {
    rule: 'config/values',
    about: 'half a pair',
    expected: 'warning',
    ...config('minWorkers: 3\n'),
    says: 'maxWorkers',
  },
  {
    rule: 'config/values',
    about: 'an unknown key of torchrun',
    expected: 'warning',
    ...config('torchrun:\n  nproc_per_node: 2\n'),
    says: 'nproc-per-node',
  },
  {
    rule: 'config/values',
    about: 'good values of every kind',
    expected: 'none',
    ...config(
      'minWorkers: 1\nmaxWorkers: 2\nbatchSize: 4\ndeviceType: gpu\ndeviceIds: [0, 1]\nuseVenv: true\ntorchrun:\n  nproc-per-node: 2\nhandler:\n  anything: [1]\n',
    ),
  },
  {
    rule: 'config/unknown',
    about: 'a misspelt key',
    expected: 'warning',
    ...config('batchsize: 4\n'),
    says: 'batchSize',
  },
  {
    rule: 'config/values',
    about: 'a whole number written as a float',
    expected: 'warning',
    ...config('minWorkers: 1.0\nmaxWorkers: 2\n'),
    says: 'minWorkers is 1 as a float',
  },
  {
    rule: 'config/values',
    about: 'the spellings of YAML 1.1',
    expected: 'none',
    ...config('useVenv: yes\nmaxBatchDelay: 1_000\nresponseTimeout: 2:00\n'),
  },
  {
    rule: 'config/unknown',
    about: 'a misspelt section of a built-in handler',
    expected: 'warning',
    ...configured('preproces:\n  mode: L\n'),
    says: 'Did you mean preprocess?',
  },
  {
    rule: 'config/handler-keys',
    about: 'a misspelt key of a section',
    expected: 'error',
    ...configured('preprocess: {mod: L}\n'),
    says: 'Did you mean mode?',
  },
  {
    rule: 'config/handler-keys',
    about: 'a value the handler cannot use',
    expected: 'error',
    ...configured('postprocess:\n  topk: many\n'),
    says: 'postprocess.topk',
  },
  {
    rule: 'config/handler-keys',
    about: 'settings of another handler',
    expected: 'error',
    ...configured('postprocess:\n  threshold: 0.5\n'),
  },
  {
    rule: 'config/handler-keys',
    about: 'settings it takes',
    expected: 'none',
    ...configured('preprocess: {mode: L, size: [28, 28]}\npostprocess: {topk: 3}\n'),
  },
  {
    rule: 'config/handler-keys',
    about: 'a handler of its own, which reads what it likes',
    expected: 'none',
    ...config('preprocess: {mod: L}\n'),
  },
  {
    rule: 'config/labels',
    about: 'labels given as the configuration',
    expected: 'warning',
    ...config('"0": cat\n"1": dog\n'),
    says: 'index_to_name.json',
  },
  { rule: 'config/labels', about: 'settings', expected: 'none', ...config('batchSize: 2\n') },
  { rule: 'config/unknown', about: 'a key for the handler', expected: 'none', ...config('preprocess:\n  mean: 1\n') },
  {
    rule: 'config/requirements',
    about: 'a requirements file',
    expected: 'warning',
    ...requirements('numpy==1.26\n'),
    says: 'install_py_dep_per_model',
  },
  { rule: 'config/requirements', about: 'none', expected: 'none' },
  {
    rule: 'config/requirement-sources',
    about: 'a second index',
    expected: 'warning',
    ...requirements('numpy\n--extra-index-url https://example.org/simple\n'),
  },
  {
    rule: 'config/requirement-sources',
    about: 'a repository',
    expected: 'warning',
    ...requirements('x @ git+https://example.org/x.git\n'),
  },
  {
    rule: 'config/requirement-sources',
    about: 'released packages',
    expected: 'none',
    ...requirements('numpy==1.26 # pinned\nscikit-learn>=1\n'),
  },

  { rule: 'weights/needed', about: 'a built-in handler without weights', expected: 'error', ...builtin({}) },
  { rule: 'weights/needed', about: 'a handler of its own without weights', expected: 'none' },
  {
    rule: 'weights/model-file',
    about: 'a state dict without its class',
    expected: 'error',
    ...builtin({ serializedFile: 'm.pth' }, { 'm.pth': 'x' }),
  },
  { rule: 'weights/model-file', about: 'ONNX by itself', expected: 'none', ...withOnnx() },
  {
    rule: 'weights/model-file',
    about: 'onnxruntime’s own form by itself',
    expected: 'none',
    ...builtin({ serializedFile: 'm.ort' }, { 'm.ort': 'x' }),
  },
  {
    rule: 'compatibility/torchserve-onnx',
    about: 'onnxruntime’s own form',
    expected: 'info',
    ...builtin({ serializedFile: 'm.ort' }, { 'm.ort': 'x' }),
  },
  {
    rule: 'weights/model-class',
    about: 'two classes',
    expected: 'error',
    ...builtin(
      { serializedFile: 'm.pth', modelFile: 'net.py' },
      { 'm.pth': 'x', 'net.py': 'class A: pass\nclass B: pass\n' },
    ),
    says: '(A, B)',
  },
  {
    rule: 'weights/model-class',
    about: 'one class',
    expected: 'none',
    ...builtin(
      { serializedFile: 'm.pth', modelFile: 'net.py' },
      { 'm.pth': 'x', 'net.py': 'import torch\nclass A(torch.nn.Module): pass\n' },
    ),
  },
  { rule: 'weights/labels', about: 'a list', expected: 'error', ...withOnnx({ 'index_to_name.json': '["cat"]' }) },
  {
    rule: 'weights/labels',
    about: 'a name that is a number',
    expected: 'error',
    ...withOnnx({ 'index_to_name.json': '{"0": 7}' }),
    says: '"0"',
  },
  {
    rule: 'weights/labels',
    about: 'keys beside the list of names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"object_type_names": ["a", "b", "c"], "note": "x"}' }),
  },
  {
    rule: 'weights/labels',
    about: 'a key for no class',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"-1": "nothing", "0": "cat"}' }),
  },
  {
    rule: 'weights/labels',
    about: 'another form for a handler of its own',
    expected: 'warning',
    files: { ...handler, 'index_to_name.json': '["cat"]' },
  },
  {
    rule: 'weights/labels',
    about: 'names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"0":"a","1":"b","2":"c"}' }),
  },
  {
    rule: 'weights/labels',
    about: 'lists of names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"0":["n1","a"],"1":["n2","b"],"2":["n3","c"]}' }),
  },
  {
    rule: 'weights/labels',
    about: 'object_type_names',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"object_type_names":["a","b","c"]}' }),
  },
  {
    rule: 'weights/label-count',
    about: 'two labels for three classes',
    expected: 'warning',
    ...withOnnx({ 'index_to_name.json': '{"0":"a","1":"b"}' }),
    says: 'class 2 has no name',
  },
  {
    rule: 'weights/label-count',
    about: 'a label for each',
    expected: 'none',
    ...withOnnx({ 'index_to_name.json': '{"0":"a","1":"b","2":"c"}' }),
  },
  {
    rule: 'weights/label-count',
    about: 'two labels for the boxes of a detector',
    expected: 'none',
    files: {
      'boxes.onnx': readFileSync(new URL('../fixtures/models/three-boxes.onnx', import.meta.url)),
      'index_to_name.json': '{"0":"a","1":"b"}',
    },
    manifest: manifestOf({ handler: 'object_detector', serializedFile: 'boxes.onnx' }),
  },

  {
    rule: 'handler/present',
    about: 'a misspelt built-in',
    expected: 'error',
    manifest: manifestOf({ handler: 'image_clasifier' }),
    says: 'image_classifier',
  },
  {
    rule: 'handler/present',
    about: 'TypeScript that was not bundled',
    expected: 'error',
    files: { 'h.ts': '' },
    manifest: manifestOf({ handler: 'h.ts' }, 'nodejs'),
    says: 'bundled',
  },
  {
    rule: 'handler/present',
    about: 'the form without .py',
    expected: 'none',
    manifest: manifestOf({ handler: 'handler:handle' }),
  },
  {
    rule: 'handler/builtin',
    about: 'an image classifier over a model of rows',
    expected: 'error',
    ...withOnnx(),
    says: 'images need four',
  },
  {
    rule: 'handler/builtin',
    about: 'an output that is not there',
    expected: 'error',
    ...withOnnx(
      { 'model-config.yaml': 'postprocess: {name: logits}\n' },
      { configFile: 'model-config.yaml', handler: 'text_classifier' },
    ),
    says: 'logits',
  },
  {
    rule: 'handler/builtin',
    about: 'a detector without boxes',
    expected: 'error',
    ...withOnnx({ 'm.onnx': channels }, { handler: 'object_detector' }),
  },
  {
    rule: 'handler/builtin',
    about: 'an image classifier over a model of images',
    expected: 'none',
    ...withOnnx({ 'm.onnx': channels }),
  },
  {
    rule: 'handler/builtin',
    about: 'tensors of any shape',
    expected: 'none',
    ...withOnnx({}, { handler: 'base_handler' }),
  },
  {
    rule: 'handler/python-syntax',
    about: 'an open bracket',
    expected: 'error',
    ...python('def handle(data, context:\n    pass\n'),
    says: 'line 1',
  },
  {
    rule: 'handler/python-syntax',
    about: 'Python 2',
    expected: 'error',
    ...python('def handle(d, c):\n    print "x"\n'),
    says: 'line 2',
  },
  {
    rule: 'handler/python-syntax',
    about: 'an error where the parser is weak',
    expected: 'warning',
    ...python('with (a as b, c as d):\n    pass\ndef (:\n'),
  },
  { rule: 'handler/python-syntax', about: 'Python', expected: 'none' },
  { rule: 'handler/python-entry', about: 'neither function nor class', expected: 'error', ...python('x = 1\n') },
  {
    rule: 'handler/python-entry',
    about: 'two classes',
    expected: 'error',
    ...python('class A: pass\nclass B: pass\n'),
    says: '(A, B)',
  },
  {
    rule: 'handler/python-entry',
    about: 'a class without handle',
    expected: 'error',
    ...python('class A:\n    def initialize(self, context): pass\n'),
    says: 'no method handle',
  },
  {
    rule: 'handler/python-entry',
    about: 'an entry point that is not there',
    expected: 'error',
    files: { 'handler.py': 'def predict(data, context): pass\n' },
    manifest: manifestOf({ handler: 'handler:perdict' }),
    says: 'perdict',
  },
  {
    rule: 'handler/python-entry',
    about: 'an entry point that is a class',
    expected: 'warning',
    files: { 'handler.py': 'class H:\n    pass\n' },
    manifest: manifestOf({ handler: 'handler.py:H' }),
  },
  {
    rule: 'handler/python-entry',
    about: 'one class with both methods',
    expected: 'none',
    ...python('class A:\n    def initialize(self, c): pass\n    def handle(self, d, c): pass\n'),
  },
  {
    rule: 'handler/python-entry',
    about: 'a class that inherits them',
    expected: 'none',
    ...python('from ts.torch_handler.base_handler import BaseHandler\nclass A(BaseHandler): pass\n'),
  },
  {
    rule: 'handler/python-entry',
    about: 'names from a star import',
    expected: 'none',
    ...python('from service import *\n'),
  },
  {
    rule: 'handler/python-imports',
    about: 'a file that was not packed',
    expected: 'warning',
    ...python('import my_helpers\ndef handle(d, c): pass\n'),
    says: '--extra-files',
  },
  {
    rule: 'handler/python-imports',
    about: 'a relative import',
    expected: 'error',
    ...python('from .helpers import x\ndef handle(d, c): pass\n'),
  },
  {
    rule: 'handler/python-imports',
    about: 'everything that is there',
    expected: 'none',
    files: {
      'handler.py':
        'import os, torch, helpers, pkg.inner, yaml as y\nfrom sklearn import svm\ntry:\n    import extra\nexcept ImportError:\n    pass\ndef handle(d, c): pass\n',
      'helpers.py': '',
      'pkg/inner.py': '',
      'requirements.txt': 'scikit_learn==1.4\n',
    },
    manifest: manifestOf({ requirementsFile: 'requirements.txt' }),
  },
  {
    rule: 'handler/module-syntax',
    about: 'an unfinished expression',
    expected: 'error',
    ...module('export default {\n  handle() { return = 1 }\n};'),
    says: 'line 2',
  },
  {
    rule: 'handler/module-syntax',
    about: 'syntax only the second parser knows',
    expected: 'none',
    ...module('export default class {}\nexport const handler = { handle() {} };'),
  },
  {
    rule: 'handler/module-entry',
    about: 'no export',
    expected: 'error',
    ...module('const handler = { handle() {} };'),
  },
  {
    rule: 'handler/module-entry',
    about: 'a misspelt step',
    expected: 'error',
    ...module('export default { preProcess() {} };'),
    says: 'spelt preprocess',
  },
  {
    rule: 'handler/module-entry',
    about: 'a class',
    expected: 'error',
    ...module('export default class Handler { handle() {} }'),
  },
  {
    rule: 'handler/module-entry',
    about: 'an export that is not there',
    expected: 'error',
    files: { 'h.mjs': 'export const main = { handle() {} };' },
    manifest: manifestOf({ handler: 'h.mjs:mian' }, 'nodejs'),
    says: 'it exports main',
  },
  {
    rule: 'handler/module-entry',
    about: 'functions named as the steps',
    expected: 'none',
    ...module('export function preprocess() {}\nexport function postprocess() {}'),
  },
  {
    rule: 'handler/module-entry',
    about: 'a handler',
    expected: 'none',
    ...module(
      'import { defineHandler } from "ts-model-archiver/handler";\nexport default defineHandler({ handle() {} });',
    ),
  },
  {
    rule: 'handler/module-imports',
    about: 'a package',
    expected: 'error',
    ...module('import x from "left-pad";\nexport default { handle() {} };'),
    says: 'left-pad',
  },
  {
    rule: 'handler/module-imports',
    about: 'a computed import',
    expected: 'info',
    ...module('const x = await import(name);\nexport default { handle() {} };'),
  },
  {
    rule: 'handler/module-imports',
    about: 'Node, the SDK and a member',
    expected: 'none',
    files: {
      'h.mjs':
        'import "node:fs"; import "path"; import "ts-model-archiver/handler"; import "./lib/a.mjs";\nexport default { handle() {} };',
      'lib/a.mjs': '',
    },
    manifest: manifestOf({ handler: 'h.mjs' }, 'nodejs'),
  },

  {
    rule: 'compatibility/runtime-handler',
    about: 'JavaScript for Python',
    expected: 'error',
    files: { 'h.mjs': '' },
    manifest: manifestOf({ handler: 'h.mjs' }, 'python'),
  },
  {
    rule: 'compatibility/runtime-handler',
    about: 'JavaScript for Node',
    expected: 'none',
    ...module('export default { handle() {} };'),
  },
  {
    rule: 'compatibility/torchserve-onnx',
    about: 'ONNX with a built-in handler',
    expected: 'info',
    ...withOnnx(),
    says: 'fails every prediction',
  },
  {
    rule: 'compatibility/torchserve-onnx',
    about: 'ONNX with a built-in handler, made for TorchServe',
    expected: 'warning',
    target: 'torchserve',
    ...withOnnx(),
    says: 'fails every prediction',
  },
  {
    rule: 'compatibility/torchserve-onnx',
    about: 'ONNX with a handler of its own',
    expected: 'none',
    files: { ...handler, 'm.onnx': onnx },
    manifest: manifestOf({ serializedFile: 'm.onnx' }),
  },
  {
    rule: 'compatibility/torchserve-runtime',
    about: 'nodejs',
    expected: 'info',
    ...module('export default { handle() {} };'),
  },
  { rule: 'compatibility/torchserve-runtime', about: 'python', expected: 'none' },
  {
    rule: 'compatibility/mar-serve',
    about: 'a built-in we have not',
    expected: 'info',
    ...withOnnx({}, { handler: 'dali_image_classifier' }),
  },
  { rule: 'compatibility/mar-serve', about: 'a built-in we have', expected: 'none', ...withOnnx() },

  {
    rule: 'hygiene/secrets',
    about: 'a file for credentials',
    expected: 'warning',
    files: { ...handler, 'conf/.env': 'A=1' },
  },
  {
    rule: 'hygiene/secrets',
    about: 'a private key in a source',
    expected: 'warning',
    // Put together here, so that no scanner takes this file for a leak.
    files: { ...handler, 'keys.txt': `x\n-----BEGIN RSA ${'PRIVATE'} KEY-----\nMII\n` },
    says: 'line 2',
  },
  {
    rule: 'hygiene/secrets',
    about: 'a key store',
    expected: 'warning',
    files: { ...handler, 'server.pfx': 'x' },
  },
  // Put together here, so that no scanner takes this file for a leak.
  ...[
    ['an npm token', `npm_${'a1B2'.repeat(9)}`],
    ['a Google API key', `AIza${'a1B2_'.repeat(7)}`],
    ['a password in a URL', `postgres://reader:${'hunter'}22@db.example/models`],
    ['an AWS access key', `AKIA${'ABCD'.repeat(4)}`],
  ].map(([about = '', text]) => ({
    rule: 'hygiene/secrets',
    about,
    expected: 'warning' as const,
    files: { ...handler, 'settings.txt': `a = ${text}\n` },
    says: about,
  })),
  {
    rule: 'hygiene/secrets',
    about: 'addresses, and names of secrets',
    expected: 'none',
    files: { ...handler, 'notes.md': 'https://host:8080/a@b http://$USER:$PASS@host git@host:a/b.git sk-learn AKIA' },
  },
  {
    rule: 'hygiene/secrets',
    about: 'a template for them',
    expected: 'none',
    files: { ...handler, '.env.example': 'A=', 'k.txt': 'PUBLIC KEY' },
  },
  {
    rule: 'hygiene/junk',
    about: 'a cache and a system file',
    expected: 'info',
    files: { ...handler, '__pycache__/a.pyc': 'x', 'd/.DS_Store': 'y' },
    says: '2 members of 2 bytes',
  },
  { rule: 'hygiene/junk', about: 'a hidden file with a use', expected: 'none', files: { ...handler, '.hidden': '' } },
  {
    rule: 'config/requirement-lines',
    about: 'one equals sign',
    expected: 'warning',
    ...requirements('numpy==1.26\ntorch=2.1\n'),
    says: 'Line 2',
  },
  { rule: 'config/requirement-lines', about: 'two on a line', expected: 'warning', ...requirements('numpy torch\n') },
  {
    rule: 'config/requirement-lines',
    about: 'two versions of one',
    expected: 'warning',
    ...requirements('Pillow==9.0\npillow>=10\n'),
    says: 'lines 1 and 2',
  },
  {
    rule: 'config/requirement-lines',
    about: 'a version without operator',
    expected: 'warning',
    ...requirements('numpy 1.26\n'),
  },
  {
    rule: 'config/requirement-lines',
    about: 'every form pip knows',
    expected: 'none',
    ...requirements(
      "a\nb==1.0\nc[x,y] >= 1, < 2  # why\nd~=1.4; python_version < '3.9'\nd==2; python_version >= '3.9'\n-r more.txt\n-e .\ne @ https://h.test/e.whl\n./f.whl\ng===1.0 \\\n  --hash=sha256:00\nh (>=1.0)\ni==2!1.0+cpu\nj>=1,\n",
    ),
  },
  {
    rule: 'config/requirement-pins',
    about: 'an open version',
    expected: 'info',
    ...requirements('a==1\nb>=2\nc\n'),
    says: '2 of 3 lines',
  },
  { rule: 'config/requirement-pins', about: 'a version with a star', expected: 'info', ...requirements('a==1.*\n') },
  {
    rule: 'config/requirement-pins',
    about: 'one version each',
    expected: 'none',
    ...requirements("a==1.0\nb === 2; python_version > '3'\n-i https://h.test\n"),
  },
  {
    rule: 'handler/python-imports',
    about: 'what a file beside it imports',
    expected: 'warning',
    files: { 'handler.py': 'import helpers\ndef handle(d, c): pass\n', 'helpers.py': 'import not_packed\n' },
    manifest: manifestOf({}),
    says: 'helpers.py imports "not_packed"',
  },
  {
    rule: 'handler/python-imports',
    about: 'a module that a package of the archive lacks',
    expected: 'warning',
    files: { 'handler.py': 'import pkg.gone\ndef handle(d, c): pass\n', 'pkg/__init__.py': '' },
    manifest: manifestOf({}),
    says: 'pkg/gone.py',
  },
  {
    rule: 'handler/python-imports',
    about: 'a package of the archive with relative imports, and a folder called as a package',
    expected: 'none',
    files: {
      'handler.py': 'from pkg import inner, VALUE\nimport torch.nn\ndef handle(d, c): pass\n',
      'pkg/__init__.py': 'from .inner import x\nVALUE = 1\n',
      'pkg/inner.py': 'from . import other\nfrom .other import y\n',
      'pkg/other.py': 'import handler\n',
      'torch/notes.txt': '',
    },
    manifest: manifestOf({}),
  },
  {
    rule: 'handler/python-imports',
    about: 'what the model file imports',
    expected: 'warning',
    files: { 'model.py': 'from layers import Block\nclass Net: pass\n', 'w.pth': 'x' },
    manifest: manifestOf({ handler: 'image_classifier', modelFile: 'model.py', serializedFile: 'w.pth' }),
    says: 'layers.py',
  },
  {
    rule: 'handler/loads',
    about: 'a handler that throws when it is imported',
    expected: 'error',
    trial: { kind: 'not-loaded', reason: "Cannot find package 'left-pad'", hint: undefined },
    says: 'left-pad',
  },
  {
    rule: 'handler/loads',
    about: 'a model that cannot be tried here',
    expected: 'warning',
    trial: { kind: 'not-here', reason: 'it needs Python' },
  },
  {
    rule: 'handler/loads',
    about: 'a model that other rules forbid to run',
    expected: 'info',
    trial: { kind: 'unsafe', reason: 'weights/pickle-unsafe-global says no' },
  },
  { rule: 'handler/loads', about: 'one that loads', expected: 'none', ...answered(503, true) },
  {
    rule: 'handler/answers',
    about: 'a failure on an example',
    expected: 'error',
    ...answered(503, true),
    says: 'no such class',
  },
  {
    rule: 'handler/answers',
    about: 'a refusal of a made-up input',
    expected: 'warning',
    ...answered(400, false),
    says: 'examples/',
  },
  { rule: 'handler/answers', about: 'an answer', expected: 'none', ...answered(200, false) },
  { rule: 'hygiene/size', about: 'more than the budget', expected: 'error', sizeBudget: 100, says: 'budget of 100' },
  { rule: 'hygiene/size', about: 'less than the budget', expected: 'none', sizeBudget: 100_000 },
  { rule: 'hygiene/size', about: 'no budget', expected: 'none' },
  {
    rule: 'hygiene/junk',
    about: 'weights that are called like a leftover',
    expected: 'none',
    files: { ...handler, 'weights.orig': 'x' },
    manifest: manifestOf({ serializedFile: 'weights.orig' }),
  },
];

export const soundHandler = handler;
