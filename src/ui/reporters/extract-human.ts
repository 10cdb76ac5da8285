import type { ExtractResult } from '../../commands/extract.ts';
import { formatBytes, formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { formatTable } from '../table.ts';
import { showText } from '../text.ts';

export function formatExtract({ target, files, bytes, dryRun, entries }: ExtractResult, style: Style): string {
  const summary = `${style.strong(showText(target))}  ${formatPlural(files, 'file')}, ${formatBytes(bytes)}`;
  if (!dryRun) return `${summary}\n`;
  const rows = entries.map(({ path, size }) => [showText(path), formatBytes(size)]);
  return `${formatTable(rows, [{}, { align: 'right' }], '  ')}\n\n${summary}${style.warn('  (dry run: nothing was written)')}\n`;
}
