import { expect, test } from 'vitest';
import { decodePython } from '../../src/source/python-text.ts';
import { encodedPython } from '../support/python-encodings.ts';

/** The interop suite asks CPython the same. */
test.each(encodedPython)('decodePython reads as CPython does: $about', ({ bytes, name }) => {
  const reading = decodePython(bytes);
  expect(reading.kind === 'ok' ? /"(.*)"/.exec(reading.text)?.[1] : undefined).toBe(name);
});
