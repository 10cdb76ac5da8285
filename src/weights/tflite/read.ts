import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { type FlatFile, FlatTable } from '../flatbuffer/table.ts';
import { Budget } from '../reading/budget.ts';
import type { TensorFacts, TfliteFacts } from '../reading/facts.ts';
import { countElementsOf, readNamed } from '../reading/named.ts';
import { Pages } from '../reading/pages.ts';
import type { Problems } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { CUSTOM, dtypeName, operatorName } from './names.ts';

/** Fields of the schema's tables, by index. */
const model = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6 } as const;
const operatorCode = { old: 0, custom: 1, builtin: 3 } as const;
const subgraph = { tensors: 0, inputs: 1, outputs: 2, operators: 3 } as const;
const tensor = { shape: 0, type: 1, buffer: 2, name: 3, shapeSignature: 7 } as const;
const buffer = { data: 0, offset: 1, size: 2 } as const;

/** Facts of a TensorFlow Lite model; no operator is run and no weight read. */
export function readTflite(source: ByteSource): Promise<WeightsReading> {
  return readNamed('tflite', async (problems): Promise<TfliteFacts> => {
    const file: FlatFile = { pages: new Pages(source), budget: new Budget() };
    const root = await FlatTable.root(file);
    const codes = await readCodes(root);
    const sizes = await readBufferSizes(root, source.size, problems);
    const graphs = await root.tables(model.subgraphs);
    const [first] = graphs;
    if (first === undefined) throw new Malformed('it has no graph', 0);
    const tensors = await readTensors(first, sizes);
    const stored = tensors.filter(({ bytes }) => bytes !== undefined && bytes > 0);
    return {
      format: 'tflite',
      version: await root.u32(model.version),
      description: await root.text(model.description),
      inputs: await pick(first, subgraph.inputs, tensors),
      outputs: await pick(first, subgraph.outputs, tensors),
      subgraphs: graphs.length,
      operators: await countOperators(graphs, codes),
      customOperators: codes.filter(({ isCustom }) => isCustom).map(({ name }) => name),
      metadata: await readMetadata(root),
      tensors: stored,
      parameters: toSafeNumber(stored.reduce((sum, { shape }) => sum + countElementsOf(shape), 0)),
    };
  });
}

interface Code {
  readonly name: string;
  readonly isCustom: boolean;
}

async function readCodes(root: FlatTable): Promise<Code[]> {
  const codes: Code[] = [];
  for (const table of await root.tables(model.operatorCodes)) {
    // Numbers above 127 did not fit the old field: the larger one counts.
    const number = Math.max(await table.i8(operatorCode.old), await table.i32(operatorCode.builtin));
    const isCustom = number === CUSTOM;
    codes.push({ name: isCustom ? await table.text(operatorCode.custom) : operatorName(number), isCustom });
  }
  return codes;
}

/** Bytes of each buffer; those of large models follow the FlatBuffer. */
async function readBufferSizes(root: FlatTable, fileBytes: number, problems: Problems): Promise<number[]> {
  const sizes: number[] = [];
  for (const table of await root.tables(model.buffers)) {
    const inline = (await table.vector(buffer.data, 1))?.length ?? 0;
    const [offset, size] = [await table.u64(buffer.offset), await table.u64(buffer.size)];
    // A converter leaves an offset of 1 if it has not decided yet.
    if (offset > 1 && offset + size > fileBytes)
      problems.add(
        'weights/malformed',
        `Buffer ${sizes.length} ends at ${offset + size}, but the file has ${fileBytes} bytes.`,
      );
    sizes.push(inline > 0 ? inline : offset > 1 ? size : 0);
  }
  return sizes;
}

async function readTensors(graph: FlatTable, sizes: readonly number[]): Promise<TensorFacts[]> {
  const tensors: TensorFacts[] = [];
  for (const table of await graph.tables(subgraph.tensors)) {
    const shape = await table.numbers(tensor.shape);
    const signature = await table.numbers(tensor.shapeSignature);
    const bytes = sizes[await table.u32(tensor.buffer)] ?? 0;
    tensors.push({
      name: await table.text(tensor.name),
      dtype: dtypeName(await table.u8(tensor.type)),
      shape: (signature.length > 0 ? signature : shape).map((size) => (size < 0 ? null : size)),
      ...(bytes > 0 && { bytes }),
    });
  }
  return tensors;
}

async function pick(graph: FlatTable, field: number, tensors: readonly TensorFacts[]): Promise<TensorFacts[]> {
  const picked: TensorFacts[] = [];
  for (const index of await graph.numbers(field)) {
    const found = tensors[index];
    if (found === undefined) throw new Malformed(`tensor ${index} is an input or output, but is missing`, 0);
    picked.push({ name: found.name, dtype: found.dtype, shape: found.shape });
  }
  return picked;
}

async function countOperators(graphs: readonly FlatTable[], codes: readonly Code[]): Promise<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const graph of graphs)
    for (const operator of await graph.tables(subgraph.operators)) {
      const index = await operator.u32(0);
      const code = codes[index];
      if (code === undefined) throw new Malformed(`operator code ${index} is missing`, 0);
      counts.set(code.name, (counts.get(code.name) ?? 0) + 1);
    }
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

async function readMetadata(root: FlatTable): Promise<string[]> {
  const names: string[] = [];
  for (const table of await root.tables(model.metadata)) names.push(await table.text(0));
  return names.sort();
}
