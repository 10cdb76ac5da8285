import { manifestOf } from '../../../support/make-mar.ts';
import { python, testRule } from '../../rule-cases.ts';

testRule('handler/python-entry', [
  { about: 'neither function nor class', expected: 'error', ...python('x = 1\n') },
  {
    about: 'two classes',
    expected: 'error',
    ...python('class A: pass\nclass B: pass\n'),
    says: '(A, B)',
  },
  {
    about: 'a class without handle',
    expected: 'error',
    ...python('class A:\n    def initialize(self, context): pass\n'),
    says: 'no method handle',
  },
  {
    about: 'an entry point that is not there',
    expected: 'error',
    files: { 'handler.py': 'def predict(data, context): pass\n' },
    manifest: manifestOf({ handler: 'handler:perdict' }),
    says: 'perdict',
  },
  {
    about: 'an entry point that is a class',
    expected: 'warning',
    files: { 'handler.py': 'class H:\n    pass\n' },
    manifest: manifestOf({ handler: 'handler.py:H' }),
  },
  {
    about: 'one class with both methods',
    expected: 'none',
    ...python('class A:\n    def initialize(self, c): pass\n    def handle(self, d, c): pass\n'),
  },
  {
    about: 'a class that inherits them',
    expected: 'none',
    ...python('from ts.torch_handler.base_handler import BaseHandler\nclass A(BaseHandler): pass\n'),
  },
  {
    about: 'names from a star import',
    expected: 'none',
    ...python('from service import *\n'),
  },
]);
