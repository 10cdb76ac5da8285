import { manifestOf } from '../../../support/make-mar.ts';
import { module, testRule } from '../../rule-cases.ts';

testRule('handler/module-imports', [
  {
    about: 'a package',
    expected: 'error',
    ...module('import x from "left-pad";\nexport default { handle() {} };'),
    says: 'left-pad',
  },
  {
    about: 'a computed import',
    expected: 'info',
    ...module('const x = await import(name);\nexport default { handle() {} };'),
  },
  {
    about: 'Node, the SDK and a member',
    expected: 'none',
    files: {
      'h.mjs':
        'import "node:fs"; import "path"; import "ts-model-archiver/handler"; import "./lib/a.mjs";\nexport default { handle() {} };',
      'lib/a.mjs': '',
    },
    manifest: manifestOf({ handler: 'h.mjs' }, 'nodejs'),
  },
]);
