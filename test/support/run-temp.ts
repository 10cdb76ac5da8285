import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// One temporary folder for a whole run, around those of the files: what a file leaves that was skipped or ended goes with it.
let folder: string | undefined;

export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'tsma-run-'));
  process.env.TMPDIR = folder;
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
