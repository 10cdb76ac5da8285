import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { extractTree } from '../../src/archive/extract.ts';
import { openArchive } from '../../src/archive/open.ts';
import { archiveRules } from '../../src/archive/structure/rules.ts';
import { archiveFindings, verdictOf } from '../support/archive-verdict.ts';
import { tempTree } from '../support/temp-tree.ts';

interface Row {
  readonly file: string;
  readonly expect: 'accept' | 'warn' | 'reject' | 'dangerous';
  readonly rule: string;
  readonly why: string;
  readonly sha256: string;
}

const folder = join(import.meta.dirname, '../fixtures/hostile');
const rows = readFileSync(join(folder, 'archives.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const containers = rows.filter(({ file }) => file.startsWith('zip/') || file.startsWith('tar/'));
/** Of `mar/` only the size of a manifest is a matter of the container. */
const mars = rows.filter(({ file }) => file.startsWith('mar/'));

describe('the strict reader gives every archive of the corpus its expected verdict', () => {
  test.each(containers)('$expect $file: $why', async (row) => {
    const path = join(folder, row.file);
    expect(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ).toBe(row.sha256);
    const findings = await archiveFindings(path);
    expect({ verdict: verdictOf(findings), findings }).toMatchObject({ verdict: row.expect });
    for (const { rule, message } of findings) {
      expect(Object.keys(archiveRules)).toContain(rule);
      // Names come from the archive: nothing that drives a terminal or hides text may reach a message.
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
    }
  });

  test.each(mars)('$file has a valid structure unless its manifest is too large', async (row) => {
    const findings = await archiveFindings(join(folder, row.file));
    expect(findings.map(({ rule }) => rule)).toEqual(
      row.file.endsWith('manifest-2mib.mar') ? ['archive/manifest-size'] : [],
    );
  });
});

describe('a refused archive leaves nothing behind', () => {
  test.each(containers.filter(({ expect: verdict }) => verdict === 'reject'))('$file', async ({ file }) => {
    const root = await tempTree({ 'neighbour.txt': 'untouched' });
    const temporary = await tempTree();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(
      openArchive(join(folder, file)).then((tree) => extractTree(tree, join(root, 'out')).finally(() => tree.close())),
    ).rejects.toMatchObject({ name: 'ToolError' });
    expect(await readdir(root)).toEqual(['neighbour.txt']);
    expect(await readdir(temporary)).toEqual([]);
  });
});
