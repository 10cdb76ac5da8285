import { describeUnusable, type ManifestReading } from '../../model/documents/read-manifest.ts';
import type { InspectResult } from './result.ts';

/** The manifest, or one sentence why it cannot be read; `validate` lists every reason. */
export function describeManifest(reading: ManifestReading): InspectResult['manifest'] {
  if (reading.kind === 'ok') return { status: 'ok', value: reading.manifest };
  if (reading.kind === 'missing') return { status: 'missing' };
  return { status: 'unreadable', reason: `MANIFEST.json cannot be read: ${describeUnusable(reading)}` };
}
