import { config, testRule } from '../../rule-cases.ts';

testRule('config/values', [
  {
    about: 'a text for a number',
    expected: 'warning',
    ...config('batchSize: "four"\n'),
    says: 'batchSize is "four"',
  },
  { about: 'an unknown device', expected: 'warning', ...config('deviceType: tpu\n') },
  {
    about: 'more workers at least than at most',
    expected: 'warning',
    ...config('minWorkers: 3\nmaxWorkers: 2\n'),
  },
  {
    about: 'half a pair',
    expected: 'warning',
    ...config('minWorkers: 3\n'),
    says: 'maxWorkers',
  },
  {
    about: 'an unknown key of torchrun',
    expected: 'warning',
    ...config('torchrun:\n  nproc_per_node: 2\n'),
    says: 'nproc-per-node',
  },
  {
    about: 'sequences without a bound of their idle time',
    expected: 'warning',
    ...config('sequenceBatching: true\n'),
    says: 'sequenceMaxIdleMSec',
  },
  {
    about: 'good values of every kind',
    expected: 'none',
    ...config(
      'minWorkers: 1\nmaxWorkers: 2\nbatchSize: 4\ndeviceType: gpu\ndeviceIds: [0, 1]\nuseVenv: true\ntorchrun:\n  nproc-per-node: 2\nhandler:\n  anything: [1]\n',
    ),
  },
  {
    about: 'a whole number written as a float',
    expected: 'warning',
    ...config('minWorkers: 1.0\nmaxWorkers: 2\n'),
    says: 'minWorkers is 1 as a float',
  },
  {
    about: 'the spellings of YAML 1.1',
    expected: 'none',
    ...config('useVenv: yes\nmaxBatchDelay: 1_000\nresponseTimeout: 2:00\n'),
  },
]);
