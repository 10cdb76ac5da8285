import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeZip } from './make-zip.ts';

/** Small sound archives that mutations start from: each form of member that the reader knows. */
export async function seedArchives(): Promise<Record<string, Buffer>> {
  const fixtures = join(import.meta.dirname, '../fixtures/hostile');
  const tar = await readFile(join(fixtures, 'tar/accept/malo-pax_path_empty_fixed.tar'));
  return {
    zip: makeZip([
      { name: 'model.pt', content: 'weights '.repeat(20), deflate: true },
      { name: 'h.py', content: 'def handle(): pass' },
      { name: 'MAR-INF/MANIFEST.json', content: '{"a":1}' },
    ]),
    streamed: makeZip([
      { name: 'ünïcode', content: 'abc'.repeat(30), deflate: true, descriptor: 16 },
      { name: 'd/', mode: 0o040755 },
      { name: 'd/e', content: '' },
    ]),
    zip64: await readFile(join(fixtures, 'zip/accept/c-zip64-end-record.zip')),
    tar,
    tgz: gzipSync(tar),
  };
}
