import { config, testRule } from '../../rule-cases.ts';

testRule('config/no-effect', [
  {
    about: 'continuous batching',
    expected: 'info',
    ...config('continuousBatching: true\n'),
    says: 'mar serve does not act on continuousBatching',
  },
  { about: 'a model in several processes', expected: 'info', ...config('torchrun:\n  nproc-per-node: 2\n') },
  { about: 'what is switched off', expected: 'none', ...config('continuousBatching: false\nparallelLevel: 0\n') },
  {
    about: 'what mar serve acts on',
    expected: 'none',
    ...config('sequenceBatching: true\nsequenceMaxIdleMSec: 5\nuseJobTicket: true\nbatchSize: 2\n'),
  },
]);
