import { config, configured, testRule, withOnnx } from '../../rule-cases.ts';

const of = (handler: string, yaml: string) =>
  withOnnx({ 'model-config.yaml': yaml }, { configFile: 'model-config.yaml', handler });

testRule('config/handler-keys', [
  {
    about: 'a misspelt key of a section',
    expected: 'error',
    ...configured('preprocess: {mod: L}\n'),
    says: 'Did you mean mode?',
  },
  {
    about: 'a value the handler cannot use',
    expected: 'error',
    ...configured('postprocess:\n  topk: many\n'),
    says: 'postprocess.topk',
  },
  {
    about: 'settings of another handler',
    expected: 'error',
    ...configured('postprocess:\n  threshold: 0.5\n'),
  },
  {
    about: 'settings it takes',
    expected: 'none',
    ...configured('preprocess: {mode: L, size: [28, 28]}\npostprocess: {topk: 3}\n'),
  },
  {
    about: 'a misspelt family of detectors',
    expected: 'error',
    ...of('object_detector', 'postprocess: {family: ultralitics}\n'),
    says: 'postprocess.family',
  },
  {
    about: 'a misspelt key of a detector',
    expected: 'error',
    ...of('object_detector', 'preprocess: {strid: 32}\n'),
    says: 'Did you mean stride?',
  },
  {
    about: 'what a detector takes',
    expected: 'none',
    ...of(
      'object_detector',
      'preprocess: {fit: letterbox, size: 640, pad: 114, interpolation: opencv, orientation: exif}\npostprocess: {family: yolox, strides: [8, 16, 32], agnostic: true, clip: false}\n',
    ),
  },
  {
    about: 'a misspelt key of an embedding',
    expected: 'error',
    ...of('text_embedding', 'postprocess: {poolin: cls}\n'),
    says: 'Did you mean pooling?',
  },
  {
    about: 'what an embedding takes',
    expected: 'none',
    ...of(
      'text_embedding',
      'preprocess: {prompt: "query: "}\npostprocess: {pooling: cls, normalize: true, dimensions: 64}\n',
    ),
  },
  {
    about: 'a misspelt key of a table',
    expected: 'error',
    ...of('tabular', 'preprocess: {colums: [a]}\n'),
    says: 'Did you mean columns?',
  },
  {
    about: 'what a table takes',
    expected: 'none',
    ...of('tabular', 'preprocess: {columns: [a, b, c, d], ignore: [id]}\n'),
  },
  {
    about: 'a misspelt key of a classifier’s views',
    expected: 'error',
    ...configured('preprocess: {cropPc: 0.9}\n'),
    says: 'Did you mean cropPct?',
  },
  {
    about: 'a handler of its own, which reads what it likes',
    expected: 'none',
    ...config('preprocess: {mod: L}\n'),
  },
]);
