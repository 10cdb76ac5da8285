import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const SHARE = 0.6;

/** A file of types and of names passed on has nothing that a test could run. */
const hasCode = (file: string) =>
  /^(?:export )?(?:default )?(?:async )?(?:function|class|const|let)\b/m.test(
    readFileSync(`${root}/src/${file}`, 'utf8'),
  );

const hasTest = (file: string) => existsSync(`${root}/test/${file.replace(/\.ts$/, '.test.ts')}`);

test('six of ten source files have a test of the same path: who changes one finds what holds it', () => {
  const sources = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split('\\').join('/'))
    .filter((file) => file.endsWith('.ts') && hasCode(file));
  expect(sources.length).toBeGreaterThan(100);
  const without = sources.filter((file) => !hasTest(file));
  expect(without.length, without.join('\n')).toBeLessThanOrEqual(sources.length * (1 - SHARE));
});
