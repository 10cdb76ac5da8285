import { recorded, soundHandler, testRule } from '../../rule-cases.ts';

testRule('manifest/record', [
  { about: 'no record', expected: 'none' },
  { about: 'the files that were packed', expected: 'none', ...recorded({}) },
  {
    about: 'one byte changed',
    expected: 'warning',
    ...recorded({ 'handler.py': soundHandler['handler.py'].replace('return data', 'return date') }),
    says: 'SHA-256',
  },
  {
    about: 'another size',
    expected: 'warning',
    ...recorded({ 'handler.py': `${soundHandler['handler.py']}# more\n` }),
    says: 'was packed with',
  },
  {
    about: 'a file more',
    expected: 'warning',
    ...recorded({ 'new.txt': '' }),
    says: 'added after packing',
  },
  { about: 'no JSON', expected: 'warning', ...recorded({}, '{'), says: 'cannot be read' },
  {
    about: 'no record at all',
    expected: 'warning',
    ...recorded({}, '{}'),
    says: 'schemaVersion',
  },
]);
