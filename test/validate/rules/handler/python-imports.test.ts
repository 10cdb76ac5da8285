import { manifestOf } from '../../../support/make-mar.ts';
import { python, testRule } from '../../rule-cases.ts';

testRule('handler/python-imports', [
  {
    about: 'a file that was not packed',
    expected: 'warning',
    ...python('import my_helpers\ndef handle(d, c): pass\n'),
    says: '--extra-files',
  },
  {
    about: 'a relative import',
    expected: 'error',
    ...python('from .helpers import x\ndef handle(d, c): pass\n'),
  },
  {
    about: 'everything that is there',
    expected: 'none',
    files: {
      'handler.py':
        'import os, torch, helpers, pkg.inner, yaml as y\nfrom sklearn import svm\ntry:\n    import extra\nexcept ImportError:\n    pass\ndef handle(d, c): pass\n',
      'helpers.py': '',
      'pkg/inner.py': '',
      'requirements.txt': 'scikit_learn==1.4\n',
    },
    manifest: manifestOf({ requirementsFile: 'requirements.txt' }),
  },
  {
    about: 'what a file beside it imports',
    expected: 'warning',
    files: { 'handler.py': 'import helpers\ndef handle(d, c): pass\n', 'helpers.py': 'import not_packed\n' },
    manifest: manifestOf({}),
    says: 'helpers.py imports "not_packed"',
  },
  {
    about: 'a module that a package of the archive lacks',
    expected: 'warning',
    files: { 'handler.py': 'import pkg.gone\ndef handle(d, c): pass\n', 'pkg/__init__.py': '' },
    manifest: manifestOf({}),
    says: 'pkg/gone.py',
  },
  {
    about: 'a package of the archive with relative imports, and a folder called as a package',
    expected: 'none',
    files: {
      'handler.py': 'from pkg import inner, VALUE\nimport torch.nn\ndef handle(d, c): pass\n',
      'pkg/__init__.py': 'from .inner import x\nVALUE = 1\n',
      'pkg/inner.py': 'from . import other\nfrom .other import y\n',
      'pkg/other.py': 'import handler\n',
      'torch/notes.txt': '',
    },
    manifest: manifestOf({}),
  },
  {
    about: 'what the model file imports',
    expected: 'warning',
    files: { 'model.py': 'from layers import Block\nclass Net: pass\n', 'w.pth': 'x' },
    manifest: manifestOf({ handler: 'image_classifier', modelFile: 'model.py', serializedFile: 'w.pth' }),
    says: 'layers.py',
  },
]);
