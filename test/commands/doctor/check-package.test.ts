import { expect, test } from 'vitest';
import { checkPackage, optionalPackages } from '../../../src/commands/doctor/check-package.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';
import { readPackage } from './read-package.ts';

test('a package that is not installed is absent, with the line that installs it', async () => {
  const wanted = { name: 'no-such-package', purpose: 'nothing', remedy: 'npm install no-such-package' };
  const check = await checkPackage(wanted, testContext(await tempTree()));
  expect(check).toEqual({
    id: 'no-such-package',
    status: 'absent',
    found: 'not installed',
    purpose: 'nothing',
    remedy: 'npm install no-such-package',
  });
});

test('every optional package is checked', async () => {
  const { optionalDependencies } = await readPackage();
  expect(optionalPackages.map(({ name }) => name).sort()).toEqual(Object.keys(optionalDependencies).sort());
});
