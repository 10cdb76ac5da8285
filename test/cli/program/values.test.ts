import { expect, test } from 'vitest';
import { toCompression, toOptions, toSettings } from '../../../src/cli/program/values.ts';

test('flags of the program itself and absent flags are not options', () => {
  expect(toOptions({ json: true, quiet: true, progress: 'none', name: 'm', other: undefined })).toEqual({ name: 'm' });
});

test('a compression level is a number', () => {
  expect([toCompression(undefined), toCompression('auto'), toCompression('6')]).toEqual([
    {},
    { compression: 'auto' },
    { compression: 6 },
  ]);
});

test('settings are pairs; the last of an id wins', () => {
  expect(toSettings('rule', ['a=off', 'b=x=y', 'a=error'])).toEqual({ a: 'error', b: 'x=y' });
  for (const pair of ['a', '=off'])
    expect(() => toSettings('rule', [pair])).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
