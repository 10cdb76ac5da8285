import { writeFolder } from './folder/write-folder.ts';
import type { WriteOptions, WrittenArchive } from './plan/write-options.ts';
import { writeTgz } from './tar/write-tgz.ts';
import { writeZip } from './zip/write-zip.ts';

/** Writes the files as one archive that appears under its name by one rename; a failure leaves nothing. */
export async function writeArchive(options: WriteOptions): Promise<WrittenArchive> {
  switch (options.format) {
    case 'zip':
      return writeZip({ ...options, compression: options.compression ?? 'auto' });
    case 'folder':
      return writeFolder(options);
    case 'tgz':
      return writeTgz(options);
  }
}
