import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { type FlatFile, FlatTable } from '../flatbuffer/table.ts';
import { Budget } from '../reading/budget.ts';
import type { ExecutorchFacts, TensorFacts } from '../reading/facts.ts';
import { readNamed } from '../reading/named.ts';
import { Pages } from '../reading/pages.ts';
import type { WeightsReading } from '../reading/reading.ts';

/** Fields of the schema's tables, by their place (schema/program.fbs). */
const program = { version: 0, plans: 1 } as const;
const plan = { name: 0, values: 2, inputs: 3, outputs: 4, operators: 6, delegates: 7 } as const;
const TENSOR = 5;

/** c10's scalar types by number, as numpy names them. */
const dtypes: Readonly<Record<number, string>> = {
  0: 'uint8',
  1: 'int8',
  2: 'int16',
  3: 'int32',
  4: 'int64',
  5: 'float16',
  6: 'float32',
  7: 'float64',
  11: 'bool',
  12: 'qint8',
  13: 'quint8',
  14: 'qint32',
  15: 'bfloat16',
  16: 'quint4x2',
  17: 'quint2x4',
  22: 'bits16',
  23: 'float8_e5m2',
  24: 'float8_e4m3fn',
  25: 'float8_e5m2fnuz',
  26: 'float8_e4m3fnuz',
  27: 'uint16',
  28: 'uint32',
  29: 'uint64',
};

/**
 * The optional header with the length of the file: "eh00", its length, bytes of the program, start of the segments,
 * their bytes.
 */
const HEADER = { at: 8, mark: 'eh00', programBytes: 8, segments: 16, segmentBytes: 24, withSegmentBytes: 32 } as const;

/** Facts of an ExecuTorch program; its weights are in segments that no name points to. */
export function readExecutorch(source: ByteSource): Promise<WeightsReading> {
  return readNamed('executorch', async (): Promise<ExecutorchFacts> => {
    const pages = new Pages(source);
    const file: FlatFile = { pages, budget: new Budget() };
    await checkLength(pages);
    const root = await FlatTable.root(file);
    const methods: ExecutorchFacts['methods'] = [];
    for (const method of await root.tables(program.plans)) methods.push(await readMethod(method));
    return {
      format: 'executorch',
      identifier: (await pages.read(4, 4)).toString('latin1'),
      version: await root.u32(program.version),
      methods,
      tensors: [],
    };
  });
}

async function checkLength(pages: Pages): Promise<void> {
  const head = await pages.read(HEADER.at, Math.min(HEADER.withSegmentBytes, pages.size - HEADER.at));
  if (head.length < HEADER.segmentBytes || head.toString('latin1', 0, 4) !== HEADER.mark) return;
  const end = Math.max(
    Number(head.readBigUInt64LE(HEADER.programBytes)),
    Number(head.readBigUInt64LE(HEADER.segments)) +
      (head.readUInt32LE(4) >= HEADER.withSegmentBytes && head.length >= HEADER.withSegmentBytes
        ? Number(head.readBigUInt64LE(HEADER.segmentBytes))
        : 0),
  );
  if (end > pages.size) throw new Malformed(`it ends at ${end}, and the file has ${pages.size} bytes`, HEADER.at);
}

async function readMethod(method: FlatTable): Promise<ExecutorchFacts['methods'][number]> {
  const values = await method.tables(plan.values);
  const operators: string[] = [];
  for (const operator of await method.tables(plan.operators)) {
    const [name, overload] = [await operator.text(0), await operator.text(1)];
    operators.push(overload === '' ? name : `${name}.${overload}`);
  }
  const delegates: string[] = [];
  for (const delegate of await method.tables(plan.delegates)) delegates.push(await delegate.text(0));
  return {
    name: await method.text(plan.name),
    inputs: await describeValues(await method.numbers(plan.inputs), values, 'in'),
    outputs: await describeValues(await method.numbers(plan.outputs), values, 'out'),
    operators: operators.sort(),
    delegates: [...new Set(delegates)].sort(),
  };
}

/** Values have no names: they are named by their index. Values that are not tensors are left out. */
async function describeValues(
  indexes: readonly number[],
  values: readonly FlatTable[],
  side: string,
): Promise<TensorFacts[]> {
  const found: TensorFacts[] = [];
  for (const [place, index] of indexes.entries()) {
    const value = values[index];
    if (value === undefined) throw new Malformed(`value ${index} is an input or output, but is missing`, 0);
    const tensor = (await value.u8(0)) === TENSOR ? await value.table(1) : undefined;
    if (tensor === undefined) continue;
    const number = await tensor.u8(0);
    const shape = (await tensor.numbers(2)).map((size) => (size < 0 ? null : size));
    found.push({ name: `${side}${place}`, dtype: dtypes[number] ?? `type ${number}`, shape });
  }
  return found;
}
