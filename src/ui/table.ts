import { padEnd, padStart, textWidth } from './text.ts';

export interface Column {
  readonly align?: 'left' | 'right';
}

/** Aligned columns, two spaces apart, without trailing spaces; cells may contain colour codes. */
export function formatTable(
  rows: readonly (readonly string[])[],
  columns: readonly Column[] = [],
  indent = '',
): string {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(...rows.map((row) => textWidth(row[index] ?? ''))),
  );
  return rows
    .map((row) => {
      const cells = widths.map((width, index) => {
        const cell = row[index] ?? '';
        return columns[index]?.align === 'right' ? padStart(cell, width) : padEnd(cell, width);
      });
      return (indent + cells.join('  ')).trimEnd();
    })
    .join('\n');
}
