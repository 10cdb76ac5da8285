import { expect, test } from 'vitest';
import {
  DEFLATE_MAX_RATIO,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  FLAGS_ENCRYPTION,
  FLAGS_KNOWN,
} from '../../../src/archive/zip/format.ts';

test('the flags that have a use do not overlap with those of encryption', () => {
  expect(FLAGS_KNOWN & FLAGS_ENCRYPTION).toBe(0);
  expect(FLAGS_KNOWN & (FLAG_DESCRIPTOR | FLAG_UTF8)).toBe(FLAG_DESCRIPTOR | FLAG_UTF8);
  expect(DEFLATE_MAX_RATIO).toBe(1032);
});
