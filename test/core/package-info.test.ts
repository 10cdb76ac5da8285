import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, packageVersion } from '../../src/core/package-info.ts';

test('the root is the folder with our package.json, and the version is its version', () => {
  expect(existsSync(join(packageRoot, 'bin/mar.js'))).toBe(true);
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
});
