import type { RepackResult } from '../../commands/pack/repack.ts';
import { formatBytes, formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { showText } from '../text.ts';

export function formatRepack({ output, files, size, copied }: RepackResult, style: Style): string {
  const how = copied === 0 ? '' : copied === files ? ', all copied as they were' : `, ${copied} copied as they were`;
  return `${style.strong(showText(output))}  ${formatPlural(files, 'file')}, ${formatBytes(size)}${how}\n`;
}
