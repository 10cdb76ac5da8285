import type { ExtractResult } from '../../commands/extract.ts';
import { formatBytes, formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { showText } from '../text.ts';

export function formatExtract({ target, files, bytes }: ExtractResult, style: Style): string {
  return `${style.strong(showText(target))}  ${formatPlural(files, 'file')}, ${formatBytes(bytes)}\n`;
}
