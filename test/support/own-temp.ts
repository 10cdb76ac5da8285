import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';

// Every test file, and each process it starts, has a temporary folder of its own: files may run side by side, and what one of
// them leaves behind is its own failure.
const own = mkdtempSync(join(tmpdir(), 'tsma-'));
const outer = process.env.TMPDIR;
process.env.TMPDIR = own;
// npm asks Node from 22 on for a cache of compiled code, which lies there.
process.env.NODE_DISABLE_COMPILE_CACHE = '1';

afterAll(() => {
  const left = readdirSync(own, { recursive: true });
  rmSync(own, { recursive: true, force: true });
  if (outer === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = outer;
  expect(left, 'left behind in the temporary folder').toEqual([]);
});
