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
    about: 'what only a newer Python reads',
    expected: 'warning',
    ...python('x = t"{y}"\ndef handle(data, context):\n    pass\n'),
    says: 'Python 3.14',
  },
  { about: 'Python', expected: 'none' },
  {
    about: 'Latin-1 that says so',
    expected: 'none',
    ...python(Buffer.from('# coding: latin-1\ndef handle(data, context):\n    return ["caf\xe9"]\n', 'latin1')),
  },
  {
    about: 'Latin-1 that says nothing',
    expected: 'warning',
    ...python(Buffer.from('def handle(data, context):\n    return ["caf\xe9"]\n', 'latin1')),
    says: 'not judged',
  },
]);
