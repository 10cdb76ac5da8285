import type { ByteSource } from '../../core/byte-source.ts';
import { readNamed } from '../reading/named.ts';
import type { Problems } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import type { LenientMember } from '../zip/lenient-zip.ts';
import { Documents } from './documents.ts';
import type { findZipFormat } from './find-zip-format.ts';
import { describeKeras } from './keras.ts';
import { describeSkops } from './skops.ts';
import { describeTorchExport } from './torch-export.ts';

/** Facts of a ZIP that belongs to another tool; its members have been scanned, with what was found in `problems`. */
export function readZipFormat(
  { format, top }: NonNullable<ReturnType<typeof findZipFormat>>,
  source: ByteSource,
  members: readonly LenientMember[],
  scanned: Problems,
): Promise<WeightsReading> {
  const documents = new Documents(source, members);
  return readNamed(format, async (problems) => {
    problems.addAll(scanned.list(), (message) => message);
    switch (format) {
      case 'keras':
        return describeKeras(documents, problems);
      case 'skops':
        return describeSkops(documents, problems);
      case 'torch-export':
        return describeTorchExport(documents, top, problems);
    }
  });
}
