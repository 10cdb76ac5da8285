import { ToolError } from '../../../core/errors.ts';
import { LABELS_FILE } from '../../../model/documents/labels.ts';
import { openModelFolder } from '../../../model/model-folder.ts';

/** The names of classes for a handler. */
export interface Labels {
  /** Entries of the file; 0 without one. */
  readonly count: number;
  /** The class's name, or its index if the file has none. */
  name(index: number): string;
}

/** Without the file every class is called by its index; a file in an unknown form throws LABELS_INVALID. */
export async function readLabels(modelDir: string): Promise<Labels> {
  const labels = await (await openModelFolder(modelDir)).labels();
  if (labels.kind === 'unreadable') throw new ToolError('LABELS_INVALID', { path: LABELS_FILE, reason: labels.reason });
  const names = labels.kind === 'ok' ? labels.names : new Map<string, string>();
  return { count: names.size, name: (index) => names.get(String(index)) ?? String(index) };
}
