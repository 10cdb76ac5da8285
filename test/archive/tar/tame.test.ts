import { TarArchive } from 'archiver';
import { describe, expect, test } from 'vitest';
import { tame } from '../../../src/archive/tar/write-tgz.ts';

describe('the private field of archiver that is made safe', () => {
  test('exists in the pinned version', () => {
    const tar = new TarArchive();
    expect(() => tame(tar)).not.toThrow();
    tar.abort();
  });

  test.each([{}, { _module: {} }, { _module: { engine: {} } }])('is reported if it is missing: %j', (tar) => {
    expect(() => tame(tar)).toThrow(
      expect.objectContaining({ code: 'PACKAGE_CHANGED', message: expect.stringContaining('_module.engine') }),
    );
  });
});
