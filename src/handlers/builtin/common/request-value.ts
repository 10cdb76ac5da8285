import { PredictionError, type Row } from '../../sdk.ts';

/**
 * The value of a request: the field `data`, else the raw body (contract 6.2). Empty values count as absent, as in
 * Python.
 */
export function requestValue(row: Row): unknown {
  const value = isEmpty(row.data) ? row.body : row.data;
  if (value === undefined) throw new PredictionError(wordMissing(Object.keys(row)), 400);
  return value;
}

/** Characters of a field's name that an error quotes. */
const SHOWN = 60;

function wordMissing(fields: readonly string[]): string {
  const [only] = fields;
  const found =
    fields.length === 0
      ? 'it is empty'
      : `its fields are ${fields.map((field) => JSON.stringify(field.slice(0, SHOWN))).join(', ')}`;
  // curl -d and similar send everything without a type as a form.
  const hint =
    fields.length === 1 && /^\s*[[{"]/.test(only ?? '') ? ' JSON needs the header Content-Type: application/json.' : '';
  return `The request has no field named data or body; ${found}.${hint}`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (value instanceof Uint8Array && value.length === 0);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text, also one that came as bytes; undefined for another value. Throws a PredictionError (400) for bytes that are no UTF-8. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return utf8.decode(value);
  } catch {
    throw new PredictionError('The text is not UTF-8.', 400);
  }
}
