import { config, configured, testRule } from '../../rule-cases.ts';

testRule('config/no-effect', [
  {
    about: 'an answer that is not waited for, of a model that runs in Node',
    expected: 'info',
    ...configured('asyncCommunication: true\n'),
    says: 'mar serve does not act on asyncCommunication',
  },
  { about: 'several processes', expected: 'info', ...configured('torchrun:\n  nproc-per-node: 2\n') },
  {
    about: 'a Python model in several processes, whose answers are not waited for',
    expected: 'none',
    ...config('asyncCommunication: true\nparallelType: pp\ntorchrun:\n  nproc-per-node: 2\n'),
  },
  {
    about: 'continuous batches of sequences',
    expected: 'none',
    ...config('continuousBatching: true\nsequenceBatching: true\nsequenceMaxIdleMSec: 5\n'),
  },
  { about: 'what is switched off', expected: 'none', ...config('asyncCommunication: false\nparallelLevel: 0\n') },
  { about: 'continuous batching', expected: 'none', ...config('continuousBatching: true\n') },
  {
    about: 'what mar serve acts on',
    expected: 'none',
    ...config('sequenceBatching: true\nsequenceMaxIdleMSec: 5\nuseJobTicket: true\nbatchSize: 2\n'),
  },
]);
