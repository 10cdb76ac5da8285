import { expect, test } from 'vitest';
import { isModuleHandler, parseHandlerArgument } from '../../src/pack/handler-argument.ts';

test.each([
  ['image_classifier', { kind: 'builtin', name: 'image_classifier' }],
  ['handler.py', { kind: 'python', candidates: ['handler.py'], entryPoint: undefined }],
  ['dir/handler', { kind: 'python', candidates: ['dir/handler.py'], entryPoint: undefined }],
  ['dir/handler:run', { kind: 'python', candidates: ['dir/handler.py'], entryPoint: 'run' }],
  ['handler.py:run', { kind: 'python', candidates: ['handler.py'], entryPoint: 'run' }],
  [
    'my.python/handler',
    { kind: 'python', candidates: ['my.python/handler', 'my.python/handler.py'], entryPoint: undefined },
  ],
  ['C:\\models\\handler', { kind: 'python', candidates: ['C:\\models\\handler.py'], entryPoint: undefined }],
  ['image_clasifier', { kind: 'python', candidates: ['image_clasifier.py'], entryPoint: undefined }],
])('python handler %s', (text, expected) => {
  expect(parseHandlerArgument(text, 'python', 'linux')).toEqual(expected);
});

test.each([
  ['BaseHandler', 'linux', { kind: 'builtin', name: 'BaseHandler' }],
  ['lib', 'linux', { kind: 'cpp', candidates: ['lib.so'], entryPoint: undefined }],
  ['lib.so', 'linux', { kind: 'cpp', candidates: ['lib.so.so', 'lib.so'], entryPoint: undefined }],
  ['lib:Make', 'darwin', { kind: 'cpp', candidates: ['lib.dylib'], entryPoint: 'Make' }],
] as const)('C++ handler %s on %s', (text, platform, expected) => {
  expect(parseHandlerArgument(text, 'LSP', platform)).toEqual(expected);
});

test.each([
  ['handler.ts', true],
  ['dir/handler.mts:classify', true],
  ['handler.js', true],
  ['handler.py', false],
  ['handler.py:ts', false],
  ['image_classifier', false],
])('isModuleHandler of %s is %s', (text, expected) => expect(isModuleHandler(text)).toBe(expected));

test('parseHandlerArgument keeps the export name after the colon of a TypeScript handler', () => {
  expect(parseHandlerArgument('src/handler.ts:classify', 'nodejs', 'linux')).toEqual({
    kind: 'module',
    candidates: ['src/handler.ts'],
    entryPoint: 'classify',
  });
});
