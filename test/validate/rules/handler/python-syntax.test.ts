import { python, testRule } from '../../rule-cases.ts';

testRule('handler/python-syntax', [
  {
    about: 'an open bracket',
    expected: 'error',
    ...python('def handle(data, context:\n    pass\n'),
    says: 'line 1',
  },
  {
    about: 'Python 2',
    expected: 'error',
    ...python('def handle(d, c):\n    print "x"\n'),
    says: 'line 2',
  },
  {
    about: 'an error where the parser is weak',
    expected: 'warning',
    ...python('with (a as b, c as d):\n    pass\ndef (:\n'),
  },
  { about: 'Python', expected: 'none' },
]);
