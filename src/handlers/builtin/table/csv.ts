import { PredictionError } from '../../sdk.ts';

/** A field in quotes, in which a doubled quote is one, or anything up to the next mark; and the mark behind it. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/** Lines of fields (RFC 4180). Empty lines count for nothing; throws a PredictionError (400) for quotes that do not close. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  // A mark of the byte order belongs to no field.
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length; at = FIELD.lastIndex) {
    FIELD.lastIndex = at;
    const [, quoted, plain = '', mark] = FIELD.exec(text) ?? refuse(lines.length + 1);
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (mark === ',') {
      // A line may end in an empty field.
      if (FIELD.lastIndex === text.length) line.push('');
      else continue;
    }
    if (line.length > 1 || line[0] !== '') lines.push(line);
    line = [];
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

function refuse(line: number): never {
  throw new PredictionError(
    `The CSV cannot be read: a quote in line ${line} does not close, or text stands beside it.`,
    400,
  );
}
