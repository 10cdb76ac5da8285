import { expect, test } from 'vitest';
import { builtinHandlers } from '../../../src/handlers/builtin/index.ts';
import { onnxBuiltins } from '../../../src/model/handler/builtin-names.ts';

test('every built-in name has a handler with steps', async () => {
  expect(Object.keys(builtinHandlers).sort()).toEqual([...onnxBuiltins].sort());
  for (const { summary, load } of Object.values(builtinHandlers)) {
    expect(summary).toMatch(/\.$/);
    const handler = await load();
    expect(typeof (handler.handle ?? handler.preprocess ?? handler.postprocess)).toBe('function');
  }
});
