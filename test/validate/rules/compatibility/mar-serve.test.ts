import { testRule, withOnnx } from '../../rule-cases.ts';

testRule('compatibility/mar-serve', [
  {
    about: 'a built-in we have not',
    expected: 'info',
    ...withOnnx({}, { handler: 'dali_image_classifier' }),
  },
  { about: 'a built-in we have', expected: 'none', ...withOnnx() },
]);
