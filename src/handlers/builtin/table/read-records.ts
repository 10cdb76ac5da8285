/** The forms in which records come: JSON objects and lists, pandas' split form, CSV, a form with a field a column. */
import { PredictionError, type Row } from '../../sdk.ts';
import { parseJson } from '../../tensors/parse-json.ts';
import { requestValue, textOf } from '../common/request-value.ts';
import type { Cell } from './cell.ts';
import type { Columns } from './columns.ts';
import { parseCsv } from './csv.ts';

export interface Records {
  /** Cells in the order of the columns. */
  readonly rows: readonly (readonly Cell[])[];
  /** Whether the answer is a list too. */
  readonly isList: boolean;
}

export function readRecords(row: Row, columns: Columns): Records {
  if (isForm(row, columns)) return { rows: [byName(toCells(row), columns)], isList: false };
  const value = requestValue(row);
  const text = textOf(value);
  if (text === undefined) return readJson(value, columns);
  return /^\s*[[{]/.test(text) ? readJson(parse(text), columns) : readCsv(text, columns);
}

/** Fields that are columns and hold no whole request. */
function isForm(row: Row, { all }: Columns): boolean {
  const names = all.map(({ name }) => name);
  return (
    Object.keys(row).some((field) => names.includes(field)) &&
    !['data', 'body'].some((field) => field in row && !names.includes(field))
  );
}

function toCells(row: Row): Map<string, Cell> {
  return new Map(
    Object.entries(row).map(([name, value]) => {
      const text = textOf(value);
      return [name, text === undefined ? { json: value } : { text }];
    }),
  );
}

function parse(text: string): unknown {
  try {
    return parseJson(text, { exactIntegers: true });
  } catch (cause) {
    throw new PredictionError(`The body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, 400);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function readJson(value: unknown, columns: Columns): Records {
  if (isRecord(value)) {
    const split = readSplit(value, columns);
    return split === undefined
      ? { rows: [byName(jsonCells(value), columns)], isList: false }
      : { rows: split, isList: true };
  }
  if (!Array.isArray(value)) throw wrongForm(columns);
  const items: readonly unknown[] = value;
  if (items.every(isRecord)) return { rows: items.map((item) => byName(jsonCells(item), columns)), isList: true };
  if (items.every((item) => Array.isArray(item)))
    return { rows: items.map((item) => byPlace(item.map(jsonCell), columns)), isList: true };
  if (items.some((item) => typeof item === 'object' && item !== null)) throw wrongForm(columns);
  return { rows: [byPlace(items.map(jsonCell), columns)], isList: false };
}

const jsonCell = (json: unknown): Cell => ({ json });
const jsonCells = (record: Readonly<Record<string, unknown>>): Map<string, Cell> =>
  new Map(Object.entries(record).map(([name, value]) => [name, jsonCell(value)]));

/** pandas' `to_json(orient="split")`: the names once, then the rows. */
function readSplit(value: Readonly<Record<string, unknown>>, columns: Columns): Records['rows'] | undefined {
  const { columns: names, data } = value;
  const isSplit = Array.isArray(names) && names.every((name): name is string => typeof name === 'string');
  if (!isSplit || !Array.isArray(data) || columns.all.some(({ name }) => name === 'columns')) return undefined;
  return data.map((row: unknown) => {
    if (!Array.isArray(row)) throw wrongForm(columns);
    return byHeader(names, row.map(jsonCell), columns);
  });
}

function readCsv(text: string, columns: Columns): Records {
  const [first = [], ...others] = parseCsv(text);
  const names = columns.all.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const hasHeader = names.some((name) => first.some((field) => field === name || asVariable(field) === name));
  const lines = hasHeader ? others : [first, ...others];
  if (lines.length === 0) throw new PredictionError('The CSV has no line of values.', 400);
  const toRow = (line: readonly string[]) => {
    const cells = line.map((field): Cell => ({ text: field }));
    return hasHeader ? byHeader(first, cells, columns) : byPlace(cells, columns);
  };
  return { rows: lines.map(toRow), isList: true };
}

function byHeader(names: readonly string[], cells: readonly Cell[], columns: Columns): readonly Cell[] {
  if (names.length !== cells.length)
    throw new PredictionError(`A row has ${cells.length} values for ${names.length} columns.`, 400);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new PredictionError(`Column "${twice}" stands twice.`, 400);
  return byName(new Map(cells.map((cell, at) => [names[at] ?? '', cell])), columns);
}

/** skl2onnx puts an underscore for whatever a variable's name cannot hold. */
const asVariable = (name: string): string => name.replace(/\W/g, '_');

function byName(sent: ReadonlyMap<string, Cell>, { all, ignored }: Columns): readonly Cell[] {
  const known = all.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (known.length === 0)
    throw new PredictionError(
      `The model's ${all.length} columns have no names: send lists of values, or name the columns in preprocess.columns of model-config.yaml.`,
      400,
    );
  const cells = new Map<string, Cell>();
  for (const [name, cell] of sent) {
    const column = known.includes(name) ? name : known.includes(asVariable(name)) ? asVariable(name) : name;
    if (cells.has(column)) throw new PredictionError(`Column "${column}" stands twice.`, 400);
    cells.set(column, cell);
  }
  const unknown = [...cells.keys()].find((name) => !known.includes(name) && !ignored.has(name));
  if (unknown !== undefined)
    throw new PredictionError(`The model has no column "${unknown}"; it has ${known.join(', ')}.`, 400);
  return known.map((name) => cells.get(name) ?? missing(name, known));
}

function missing(name: string, known: readonly string[]): never {
  throw new PredictionError(
    `Column "${name}" is missing; the model takes ${known.join(', ')} (null for a missing value).`,
    400,
  );
}

function byPlace(cells: readonly Cell[], { all }: Columns): readonly Cell[] {
  if (cells.length === all.length) return cells;
  throw new PredictionError(`A record has ${cells.length} values; the model takes ${all.length}.`, 400);
}

function wrongForm({ all }: Columns): PredictionError {
  const names = all.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const columns = names.length === 0 ? `${all.length} values` : names.join(', ');
  return new PredictionError(
    `Expected a record as a JSON object or a list of values, a list of records, or CSV; a record has ${columns}.`,
    400,
  );
}
