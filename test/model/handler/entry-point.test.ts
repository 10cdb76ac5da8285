import { expect, test } from 'vitest';
import { splitEntryPoint } from '../../../src/model/handler/entry-point.ts';

test.each([
  ['handler', 'handler', undefined],
  ['handler.py', 'handler.py', undefined],
  ['handler.py:handle', 'handler.py', 'handle'],
  ['handler.py:', 'handler.py', undefined],
  ['dir/handler:entry', 'dir/handler', 'entry'],
  ['C:\\models\\handler.py', 'C:\\models\\handler.py', undefined],
  ['C:/models/handler.py:handle', 'C:/models/handler.py', 'handle'],
  ['v1:2/handler.py', 'v1:2/handler.py', undefined],
  ['handler.ts:größe', 'handler.ts', 'größe'],
  [':handle', ':handle', undefined],
])('splitEntryPoint splits %s', (text, file, entryPoint) => {
  expect(splitEntryPoint(text)).toEqual({ file, entryPoint });
});
