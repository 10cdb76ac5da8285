import type { ServeConfigResult } from '../../commands/serve/show-config.ts';
import type { Style } from '../style.ts';
import { formatTable } from '../table.ts';
import { showText } from '../text.ts';

/** One line for each setting: name, value, origin. */
export function formatServeConfig({ values, ignored }: ServeConfigResult, style: Style): string {
  const rows = values.map(({ key, value, origin }) => [
    style.strong(key),
    value === null ? style.dim('–') : showText(String(value)),
    origin === 'default' ? style.dim(origin) : style.accent(showText(origin)),
  ]);
  const inert = ignored.map(({ key, reason }) => [style.strong(showText(key)), style.dim(showText(reason))]);
  const note = inert.length === 0 ? [] : ['', 'No effect here:', formatTable(inert)];
  return [formatTable(rows), ...note, ''].join('\n');
}
