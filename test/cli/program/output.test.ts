import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput } from '../../../src/cli/program/output.ts';

const stream = () => new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;

test('text is written, and a pipe is not a terminal', async () => {
  const target = stream();
  const output = createOutput(target, 'stdout');
  await output.write('text');
  await output.write('');
  expect([target.read()?.toString(), output.isTTY, output.columns]).toEqual(['text', false, undefined]);
});

test('a closed reader is ignored, any other failure is FILE_UNWRITABLE', async () => {
  const fail = (code: string) => {
    const target = stream();
    target._transform = (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code }));
    return createOutput(target, 'stdout').write('text');
  };
  await expect(fail('EPIPE')).resolves.toBeUndefined();
  await expect(fail('ENOSPC')).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
});
