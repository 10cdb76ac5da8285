import type { GgufFacts, WeightsFacts } from '../../../weights/reading/facts.ts';
import { formatNumber } from '../../size.ts';
import type { Style } from '../../style.ts';
import { hangText, showText } from '../../text.ts';

/** What is said of a format: its name and the value, which may come from the file and is escaped. */
type Row = readonly [label: string, value: string | number | undefined];

/** Lines about a file that no server here runs by itself; none for the others. */
export function formatNamed(facts: WeightsFacts, style: Style): string[] {
  return rowsOf(facts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([label, value]) => hangText(`  ${style.dim(label)}  `, showText(String(value)), style.width));
}

function rowsOf(facts: WeightsFacts): readonly Row[] {
  switch (facts.format) {
    case 'gguf':
      return ggufRows(facts);
    default:
      return [];
  }
}

function ggufRows({ version, architecture, metadata, byteOrder }: GgufFacts): Row[] {
  const name = metadata['general.name'];
  return [
    ['version', byteOrder === 'big' ? `${version}, big-endian` : version],
    ['architecture', architecture],
    ['name', typeof name === 'string' ? name : undefined],
    ['metadata', `${formatNumber(Object.keys(metadata).length)} values`],
  ];
}
