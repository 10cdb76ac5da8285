import type { PackResult } from '../../commands/pack/pack.ts';
import { formatBytes, formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { formatTable } from '../table.ts';
import { showText } from '../text.ts';
import { formatFindings } from './findings-text.ts';

/** The packed files as a tree, also for a dry run. */
export function formatPack(result: PackResult, style: Style): string {
  const { path, id, files, unpackedSize, size, dryRun, findings } = result;
  const rows = files.map((file) => [
    showText(file.path),
    formatBytes(file.size),
    ...(file.sha256 === undefined ? [] : [style.dim(file.sha256.slice(0, 12))]),
  ]);
  const bytes = size === undefined ? `${formatBytes(unpackedSize)} unpacked` : formatBytes(size);
  return `${[
    formatTable(rows, [{}, { align: 'right' }], '  '),
    '',
    `${style.strong(showText(path))}  ${showText(id)}, ${formatPlural(files.length, 'file')}, ${bytes}${dryRun ? style.warn('  (dry run: nothing was written)') : ''}`,
    ...(findings.length > 0 ? ['', formatFindings(findings, style)] : []),
  ].join('\n')}\n`;
}
