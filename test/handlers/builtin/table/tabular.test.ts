/** Records through models of scikit-learn against onnxruntime's own answers: test/fixtures/tabular/make_tables.py records them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../src/core/package-info.ts';
import { bodies, request, startRunner } from '../../../serve/worker/model-folder.ts';

const folder = join(packageRoot, 'test', 'fixtures', 'tabular');
const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  readonly records: readonly Record<string, unknown>[];
  readonly rows: readonly (readonly number[])[];
  readonly csv: string;
} & Record<string, readonly unknown[]>;

const start = (model: string, config?: string) =>
  startRunner({ handler: 'tabular', model: `../tabular/${model}.onnx`, ...(config !== undefined && { config }) });
const ask = async (model: string, body: unknown, { type, config }: { type?: string; config?: string } = {}) => {
  const runner = await start(model, config);
  const response = await runner.predict([request(body, { ...(type !== undefined && { type }) })]);
  const [text = ''] = bodies(response);
  return response.code === 200
    ? { status: 200, text, value: JSON.parse(text) }
    : { status: response.code, text: response.message, value: undefined };
};

/** Numbers within float32's last digits, all else the same. */
function expectLike(found: unknown, wanted: unknown): void {
  if (typeof wanted === 'number') expect(found).toBeCloseTo(wanted, 5);
  else if (typeof wanted !== 'object' || wanted === null) expect(found).toEqual(wanted);
  else {
    expect(Object.keys(found ?? {})).toEqual(Object.keys(wanted));
    for (const [key, value] of Object.entries(wanted)) expectLike(Reflect.get(Object(found), key), value);
  }
}

describe('one input a column, with texts and missing values', () => {
  test('a list of records, a record, pandas’ split form and CSV have the answers onnxruntime has', async () => {
    expectLike((await ask('by-column', expected.records)).value, expected['by-column']);
    expectLike((await ask('by-column', expected.records[2])).value, expected['by-column']?.[2]);
    const columns = Object.keys(expected.records[0] ?? {}).reverse();
    const data = expected.records.map((record) => columns.map((column) => record[column]));
    expectLike((await ask('by-column', { columns, data })).value, expected['by-column']);
    expectLike((await ask('by-column', expected.csv, { type: 'text/csv' })).value, expected['by-column']);
    expectLike((await ask('by-column', expected.csv)).value, expected['by-column']);
  });

  test('requests that share a batch have the answers they have alone', async () => {
    const runner = await start('by-column');
    const found = bodies(await runner.predict(expected.records.slice(0, 4).map((record) => request(record))));
    expectLike(
      found.map((body) => JSON.parse(body)),
      expected['by-column']?.slice(0, 4),
    );
  });

  test('lists of values stand in the order of the inputs', async () => {
    expectLike((await ask('by-column', Object.values(expected.records[0] ?? {}))).value, expected['by-column']?.[0]);
  });

  const [record = {}] = expected.records;
  test.each<[string, unknown, string | undefined, RegExp]>([
    [
      'a column that is missing',
      { ...record, age: undefined },
      undefined,
      /Column "age" is missing; the model takes age, fare_paid, class, siblings/,
    ],
    ['a column that is unknown', { ...record, agee: 1 }, undefined, /no column "agee"; it has age/],
    ['a text for a number', { ...record, age: '31' }, undefined, /Column "age": expected a number, got "31"/],
    ['a number for a text', { ...record, class: 3 }, undefined, /Column "class": expected a text, got 3/],
    [
      'a part for a whole number',
      { ...record, siblings: 1.5 },
      undefined,
      /Column "siblings": expected a whole number, got 1\.5/,
    ],
    [
      'a whole number that is missing',
      { ...record, siblings: null },
      undefined,
      /expected a whole number, got nothing/,
    ],
    ['a column under both its names', { ...record, fare_paid: 1 }, undefined, /Column "fare_paid" stands twice/],
    ['too few values', [1, 2], undefined, /2 values; the model takes 4/],
    ['lists beside records', [record, [1]], undefined, /Expected a record/],
    ['a text', '"x"', 'application/json', /1 values; the model takes 4/],
    ['a CSV that lacks a column', 'age,class\n1,first\n', 'text/csv', /Column "fare_paid" is missing/],
    ['a CSV with a column twice', 'age,age\n1,2\n', 'text/csv', /Column "age" stands twice/],
    ['a CSV of a short line', `${Object.keys(record).join(',')}\n1,2\n`, 'text/csv', /2 values for 4 columns/],
    ['a quote that does not close', 'age\n"1', 'text/csv', /quote in line 2/],
  ])('%s is the client’s mistake', async (_, body, type, message) => {
    const { status, text } = await ask('by-column', body, { ...(type !== undefined && { type }) });
    expect(text).toMatch(message);
    expect(status).toBe(400);
  });

  test('columns that are to be ignored may be sent', async () => {
    const config = 'preprocess: { ignore: [id] }';
    expectLike((await ask('by-column', { id: 7, ...record }, { config })).value, expected['by-column']?.[0]);
  });
});

describe('one matrix', () => {
  test.each(['matrix', 'matrix-without-zip-map', 'line'])('%s: the answers onnxruntime has', async (model) => {
    expectLike((await ask(model, expected.rows)).value, expected[model]);
    expectLike((await ask(model, expected.rows[1])).value, expected[model]?.[1]);
    const csv = expected.rows.map((row) => row.join(',')).join('\r\n');
    expectLike((await ask(model, csv, { type: 'text/csv' })).value, expected[model]);
  });

  test('records need the names of the columns', async () => {
    const [[a, b, c] = []] = expected.rows;
    const { status, text } = await ask('line', { a, b, c });
    expect([status, text]).toEqual([400, expect.stringContaining('preprocess.columns')]);
    const config = 'preprocess: { columns: [a, b, c] }';
    expectLike((await ask('line', { c, a, b }, { config })).value, expected.line?.[0]);
    expectLike((await ask('line', `b,c,a\n${b},${c},${a}\n`, { config })).value, expected.line?.slice(0, 1));
  });
});

test.each([
  ['a key that is none', 'matrix', 'preprocess: { column: [a, b, c] }', /column/],
  ['too few names', 'matrix', 'preprocess: { columns: [a, b] }', /names 2 columns, and input "X" takes \[\?, 3\]/],
  ['a name twice', 'matrix', 'preprocess: { columns: [a, b, a] }', /names a column twice/],
  ['names for inputs that have some', 'by-column', 'preprocess: { columns: [a] }', /inputs have names: age/],
])('%s is refused at load', async (_, model, config, message) => {
  await expect(start(model, config)).rejects.toMatchObject({ message: expect.stringMatching(message) });
});
