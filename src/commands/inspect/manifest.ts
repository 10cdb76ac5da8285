import { describeUnusable, type ManifestReading } from '../../model/documents/read-manifest.ts';
import type { InspectResult } from './result.ts';

/** What the manifest says, or in one sentence why it cannot be read; `validate` takes the reasons apart. */
export function describeManifest(reading: ManifestReading): InspectResult['manifest'] {
  if (reading.kind === 'ok') return { status: 'ok', value: reading.manifest };
  if (reading.kind === 'missing') return { status: 'missing' };
  return { status: 'unreadable', reason: `MANIFEST.json cannot be read: ${describeUnusable(reading)}` };
}
