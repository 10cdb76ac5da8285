import { expect, test } from 'vitest';
import { packEnding, packFormatOfName } from '../../../src/commands/pack/formats.ts';

test.each([
  ['out/m.mar', 'mar'],
  ['m.war', 'mar'],
  ['m.tgz', 'tgz'],
  ['m.tar', undefined],
  ['out', undefined],
])('an output named %j has the format %j', (name, format) => expect(packFormatOfName(name)).toBe(format));

test('each format has the ending that TorchServe expects', () => {
  expect((['mar', 'tgz', 'folder'] as const).map(packEnding)).toEqual(['.mar', '.tar.gz', '']);
});
