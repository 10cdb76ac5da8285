import { answered, testRule } from '../../rule-cases.ts';

testRule('handler/loads', [
  {
    about: 'a handler that throws when it is imported',
    expected: 'error',
    trial: { kind: 'not-loaded', reason: "Cannot find package 'left-pad'", hint: undefined },
    says: 'left-pad',
  },
  {
    about: 'a model that cannot be tried here',
    expected: 'warning',
    trial: { kind: 'not-here', reason: 'it needs Python' },
  },
  {
    about: 'a model that other rules forbid to run',
    expected: 'info',
    trial: { kind: 'unsafe', reason: 'weights/pickle-unsafe-global says no' },
  },
  { about: 'one that loads', expected: 'none', ...answered(503, true) },
]);
