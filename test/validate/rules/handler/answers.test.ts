import { answered, testRule } from '../../rule-cases.ts';

testRule('handler/answers', [
  {
    about: 'a failure on an example',
    expected: 'error',
    ...answered(503, true),
    says: 'no such class',
  },
  {
    about: 'a refusal of a made-up input',
    expected: 'warning',
    ...answered(400, false),
    says: 'examples/',
  },
  { about: 'an answer', expected: 'none', ...answered(200, false) },
]);
