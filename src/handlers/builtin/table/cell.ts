/** One value of a record → what a tensor of the column's type holds. */
import { type Dtype, PredictionError } from '../../sdk.ts';

export interface Column {
  /** Undefined in a matrix whose columns nobody named. */
  readonly name: string | undefined;
  readonly dtype: Dtype;
}

/** From JSON, or a text of CSV or a form, which may stand for a number. */
export type Cell = { readonly json: unknown } | { readonly text: string };

/** A missing number is NaN, a missing text empty, as scikit-learn's imputers expect; other types cannot miss a value. */
export function readCell(cell: Cell | undefined, column: Column | undefined, at: number): unknown {
  const dtype = column?.dtype ?? 'string';
  const value = cell === undefined ? undefined : 'json' in cell ? cell.json : readText(cell.text, dtype);
  const isMissing = value === null || value === undefined;
  const isFloat = dtype.includes('float');
  if (isMissing && isFloat) return NaN;
  if (isMissing && dtype === 'string') return '';
  const fits =
    dtype === 'string'
      ? typeof value === 'string'
      : dtype === 'bool'
        ? typeof value === 'boolean' || value === 0 || value === 1
        : isNumber(value) && (isFloat || typeof value === 'bigint' || Number.isInteger(value));
  if (fits) return value;
  const found = isMissing ? 'nothing' : (JSON.stringify(value, plainNumbers) ?? String(value)).slice(0, SHOWN);
  const name = column?.name === undefined ? `number ${at + 1}` : `"${column.name}"`;
  throw new PredictionError(`Column ${name}: expected ${words[dtype] ?? 'a whole number'}, got ${found}.`, 400);
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const plainNumbers = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** Characters of a value that an error repeats. */
const SHOWN = 60;

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  bool: 'true or false',
  float16: 'a number',
  float32: 'a number',
  float64: 'a number',
};

const FLOAT = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;
const WHOLE = /^\s*[-+]?\d+\s*$/;
const NOT_A_NUMBER = /^\s*(?:nan|null|none|na|n\/a)?\s*$/i;

/** What is no value of the type stays a text, which is then refused. */
function readText(text: string, dtype: Column['dtype']): unknown {
  if (dtype === 'string') return text;
  if (dtype === 'bool')
    return /^\s*(?:true|1)\s*$/i.test(text) ? true : /^\s*(?:false|0)\s*$/i.test(text) ? false : text;
  if (NOT_A_NUMBER.test(text)) return undefined;
  if (WHOLE.test(text)) return dtype.includes('float') ? Number(text) : BigInt(text.trim().replace(/^\+/, ''));
  if (FLOAT.test(text)) return Number(text);
  return /^\s*[-+]?inf(?:inity)?\s*$/i.test(text) ? (text.includes('-') ? -Infinity : Infinity) : text;
}
