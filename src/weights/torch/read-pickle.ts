import type { ByteSource } from '../../core/byte-source.ts';
import { isHarmless } from '../pickle/globals.ts';
import type { RawArray } from '../pickle/joblib.ts';
import { judgePickle } from '../pickle/judge.ts';
import type { PickleRun } from '../pickle/run.ts';
import { runPickles } from '../pickle/stream.ts';
import { describeGlobals } from '../pickle/summary.ts';
import type { JoblibFacts, PickleFacts } from '../reading/facts.ts';
import { Problems } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { Window } from '../reading/window.ts';
import { type CollectedTensors, collectTensors } from './tensors.ts';

/** How the pickles lie in their file. */
export interface PickleFile {
  /** Of the whole file, which only joblib reads. */
  readonly compression?: NonNullable<JoblibFacts['compression']>;
  /** Only the beginning was unpacked. */
  readonly isCut?: boolean;
}

/** Facts of a file of one or more pickles that belongs to no richer format. Nothing in it is executed. */
export async function readPickle(source: ByteSource, file: PickleFile = {}): Promise<WeightsReading> {
  const problems = new Problems();
  const { runs, trailing } = await runPickles(new Window(source, 0, source.size, file.isCut));
  const arrays = runs.flatMap(({ machine }) => [machine, ...machine.objects].flatMap((one) => one.arrays));
  const isJoblib = arrays.length > 0 || file.compression !== undefined;
  for (const [index, run] of runs.entries()) {
    const label = runs.length === 1 ? 'The pickle' : `Pickle ${index + 1} of ${runs.length}`;
    await judgePickle(run, { label, ...(isJoblib && { expected: isHarmless }) }, problems);
  }
  if (trailing !== undefined) {
    problems.add(
      'weights/pickle-trailing',
      `${source.size - trailing} bytes that are not a pickle follow the last pickle.`,
      { offset: trailing },
    );
  }
  reportMagic(runs, problems);
  const data = collectTensors(runs[0]?.value ?? null);
  for (const text of data.misfits) problems.add('weights/torch-storage', text);
  const facts = isJoblib ? toJoblibFacts(runs, arrays, data, file) : toFacts(runs, data);
  return { facts, detected: facts.format, problems: problems.list() };
}

/** Arrays have no name of their own: they are counted from 1, as they lie in the file. */
function toJoblibFacts(
  runs: readonly PickleRun[],
  arrays: readonly RawArray[],
  { tensors, parameters }: CollectedTensors,
  { compression }: PickleFile,
): JoblibFacts {
  const numbers = arrays.filter(({ bytes }) => bytes !== undefined);
  const elements = numbers.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const { format, ...facts } = toFacts(runs, { tensors, parameters });
  return {
    format: 'joblib',
    ...(compression && { compression }),
    ...facts,
    loadsWithWeightsOnly: false,
    tensors: [
      ...tensors,
      ...arrays.map(({ shape, dtype, bytes }, index) => ({
        name: `array ${index + 1}`,
        dtype,
        shape: [...shape],
        ...(bytes !== undefined && { bytes: toSafeNumber(bytes) }),
      })),
    ],
    parameters: toSafeNumber(elements.reduce((sum, count) => sum + count, parameters)),
  };
}

/** Several pickles of which the first is a number are torch's legacy format with the wrong magic number. */
function reportMagic(runs: readonly PickleRun[], problems: Problems): void {
  const [first] = runs;
  if (runs.length < 2 || (typeof first?.value !== 'number' && typeof first?.value !== 'bigint')) return;
  problems.add(
    'weights/torch-malformed',
    `The first of ${runs.length} pickles is the number ${first.value}, which is not the magic number of a torch checkpoint.`,
    {
      offset: first.start,
    },
  );
}

function toFacts(
  runs: readonly PickleRun[],
  { tensors, parameters }: Pick<CollectedTensors, 'tensors' | 'parameters'>,
): PickleFacts {
  const obstacle = runs.find(({ machine }) => machine.obstacle)?.machine.obstacle;
  return {
    format: 'pickle',
    pickles: runs.length,
    protocol: Math.max(0, ...runs.map(({ machine }) => machine.protocol)),
    globals: describeGlobals(runs),
    loadsWithWeightsOnly: obstacle === undefined && runs.every(({ error }) => !error),
    tensors,
    parameters,
  };
}
