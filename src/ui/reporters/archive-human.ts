import type { ArchiveResult } from '../../commands/pack/archive.ts';
import type { ArchiveWorkflowResult } from '../../commands/pack/archive-workflow.ts';
import { formatBytes, formatDuration, formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { showText } from '../text.ts';
import { countFindings } from './findings-text.ts';

/** One line about a written archive; `ms` is the duration. */
export function formatArchive({ path, size, files, findings }: ArchiveResult, ms: number, style: Style): string {
  const stored = files.filter(({ method }) => method === 'stored').length;
  const how = stored === 0 || stored === files.length ? '' : ` (${stored} stored, ${files.length - stored} deflated)`;
  const notes = findings.length === 0 ? '' : `, ${countFindings(findings)}`;
  const facts = `${formatPlural(files.length, 'file')}${how}, ${formatBytes(size)}, ${formatDuration(ms)}${notes}`;
  return `${style.strong(showText(path))}  ${facts}\n`;
}

/** One line about a written workflow archive. */
export function formatWorkflow({ path, size, files }: ArchiveWorkflowResult, style: Style): string {
  return `${style.strong(showText(path))}  ${formatPlural(files.length, 'file')}, ${formatBytes(size)}\n`;
}
