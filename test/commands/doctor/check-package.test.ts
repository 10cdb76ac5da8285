import { expect, test } from 'vitest';
import { checkPackage } from '../../../src/commands/doctor/check-package.ts';
import { testContext } from '../../support/context.ts';
import { tempTree } from '../../support/temp-tree.ts';

test('a package that is not installed is absent, with the line that installs it', async () => {
  const wanted = { package: 'no-such-package', purpose: 'nothing', install: 'npm install no-such-package' };
  const check = await checkPackage(wanted, testContext(await tempTree()));
  expect(check).toEqual({
    id: 'no-such-package',
    status: 'absent',
    found: 'not installed',
    purpose: 'nothing',
    remedy: 'npm install no-such-package',
  });
});
