import { config, configured, testRule } from '../../rule-cases.ts';

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
    about: 'a handler of its own, which reads what it likes',
    expected: 'none',
    ...config('preprocess: {mod: L}\n'),
  },
]);
