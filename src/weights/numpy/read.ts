import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { judgePickle } from '../pickle/judge.ts';
import type { PickleRun } from '../pickle/run.ts';
import { runPickles } from '../pickle/stream.ts';
import { describeGlobals } from '../pickle/summary.ts';
import type { NumpyFacts, TensorFacts } from '../reading/facts.ts';
import { Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { Window } from '../reading/window.ts';
import type { LenientMember } from '../zip/lenient-zip.ts';
import { openMember } from '../zip/open-member.ts';
import { readNumpyHeader } from './header.ts';

/** Object arrays are pickles of Python objects; a deflated one is read up to here. */
const MAX_INFLATED_BYTES = 64 * 1024 ** 2;

/** numpy's own bound for a header is 10,000 bytes. */
const HEADER_BYTES = 64 * 1024;

async function holdsObjects(head: ByteSource): Promise<boolean> {
  try {
    return (await readNumpyHeader(head)).isObject;
  } catch (error) {
    // It may lie further behind.
    if (error instanceof Malformed) return true;
    throw error;
  }
}

interface ArrayReading {
  readonly tensor: TensorFacts;
  readonly runs: readonly PickleRun[];
}

/** Facts of one array. */
export async function readNumpy(source: ByteSource): Promise<WeightsReading> {
  const problems = new Problems();
  const array = await readArray(source, source.size, '', problems);
  return { facts: array && toFacts('npy', [array]), detected: 'npy', problems: problems.list() };
}

/** Facts of a ZIP of arrays. */
export async function readNumpyZip(
  source: ByteSource,
  members: readonly LenientMember[],
  problems: Problems,
): Promise<WeightsReading> {
  const arrays: ArrayReading[] = [];
  for (const member of members) {
    // Numbers need no more than their header; only objects are read on.
    const head = await openMember(source, member, HEADER_BYTES);
    const content =
      head.size < member.size && (await holdsObjects(head))
        ? await openMember(source, member, MAX_INFLATED_BYTES)
        : head;
    const array = await readArray(content, member.size, member.name.slice(0, -'.npy'.length), problems);
    if (array) arrays.push(array);
  }
  return { facts: toFacts('npz', arrays), detected: 'npz', problems: problems.list() };
}

/** `size` is that of the whole array, of which `source` may be only a prefix. */
async function readArray(
  source: ByteSource,
  size: number,
  name: string,
  problems: Problems,
): Promise<ArrayReading | undefined> {
  const label = name ? `The array ${quote(name)}` : 'The array';
  try {
    const header = await readNumpyHeader(source);
    const bytes = size - header.dataStart;
    const elements = header.shape.reduce((product, dim) => product * dim, 1);
    if (header.itemBytes !== undefined && elements * header.itemBytes !== bytes) {
      problems.add(
        'weights/numpy-malformed',
        `${label} needs ${elements * header.itemBytes} bytes of data and has ${bytes}.`,
      );
    }
    const runs = header.isObject
      ? await readObjects(source, header.dataStart, source.size < size, label, problems)
      : [];
    return { tensor: { name, dtype: header.dtype, shape: [...header.shape], bytes }, runs };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    problems.add('weights/numpy-malformed', `${label} cannot be read: ${error.message}.`, { offset: error.offset });
    return undefined;
  }
}

async function readObjects(
  source: ByteSource,
  start: number,
  isCut: boolean,
  label: string,
  problems: Problems,
): Promise<readonly PickleRun[]> {
  const data = sliceSource(source, source.label, start, source.size - start);
  const { runs } = await runPickles(new Window(data, 0, data.size, isCut));
  for (const run of runs) await judgePickle(run, { label: `${label}, a pickle of objects,` }, problems);
  return runs;
}

function toFacts(format: 'npy' | 'npz', arrays: readonly ArrayReading[]): NumpyFacts {
  const runs = arrays.flatMap((array) => array.runs);
  const tensors = arrays.map(({ tensor }) => tensor);
  const elements = tensors.map(({ shape }) => shape.reduce<number>((product, dim) => product * Number(dim), 1));
  return {
    format,
    tensors,
    parameters: toSafeNumber(elements.reduce((sum, count) => sum + count, 0)),
    protocol: Math.max(0, ...runs.map(({ machine }) => machine.protocol)),
    globals: describeGlobals(runs),
    // torch.load reads neither; numpy.load reads object arrays only when told to.
    loadsWithWeightsOnly: false,
  };
}
