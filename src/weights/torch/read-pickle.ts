import type { ByteSource } from '../../core/byte-source.ts';
import { judgePickle } from '../pickle/judge.ts';
import type { PickleRun } from '../pickle/run.ts';
import { runPickles } from '../pickle/stream.ts';
import { describeGlobals } from '../pickle/summary.ts';
import type { PickleFacts } from '../reading/facts.ts';
import { Problems } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { Window } from '../reading/window.ts';
import { type CollectedTensors, collectTensors } from './tensors.ts';

/** Facts of a file of one or more pickles that belongs to no richer format. Nothing in it is executed. */
export async function readPickle(source: ByteSource): Promise<WeightsReading> {
  const problems = new Problems();
  const { runs, trailing } = await runPickles(new Window(source));
  for (const [index, run] of runs.entries()) {
    const label = runs.length === 1 ? 'The pickle' : `Pickle ${index + 1} of ${runs.length}`;
    await judgePickle(run, { label }, problems);
  }
  if (trailing !== undefined) {
    problems.add(
      'weights/pickle-trailing',
      `${source.size - trailing} bytes that are no pickle follow the last pickle.`,
      { offset: trailing },
    );
  }
  reportMagic(runs, problems);
  const data = withArrays(collectTensors(runs[0]?.value ?? null), runs);
  for (const text of data.misfits) problems.add('weights/torch-storage', text);
  return { facts: toFacts(runs, data), detected: 'pickle', problems: problems.list() };
}

/** Arrays of joblib count beside tensors of torch. */
function withArrays(data: CollectedTensors, runs: readonly PickleRun[]): CollectedTensors {
  const arrays = runs.flatMap(({ machine }) => machine.arrays).filter(({ bytes }) => bytes !== undefined);
  const elements = arrays.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  return { ...data, parameters: elements.reduce((sum, count) => sum + count, data.parameters) };
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

function toFacts(runs: readonly PickleRun[], { tensors, parameters }: CollectedTensors): PickleFacts {
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
