import type { ManifestReading } from '../validate/subject.ts';
import type { InspectResult } from './inspect-result.ts';

/** What the manifest says, or in one sentence why it cannot be read; `validate` takes the reasons apart. */
export function describeManifest(reading: ManifestReading): InspectResult['manifest'] {
  switch (reading.kind) {
    case 'ok':
      return { status: 'ok', value: reading.manifest };
    case 'missing':
      return { status: 'missing' };
    case 'unreadable':
      return unreadable(reading.reason + (reading.offset === undefined ? '' : ` (at byte ${reading.offset})`));
    case 'invalid':
      return unreadable(reading.problems.map(({ pointer, message }) => `${pointer}: ${message}`).join('; '));
  }
}

function unreadable(reason: string): InspectResult['manifest'] {
  return { status: 'unreadable', reason: `MANIFEST.json cannot be read: ${reason}` };
}
