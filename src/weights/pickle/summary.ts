import type { GlobalFacts } from '../reading/facts.ts';
import type { Problems } from '../reading/problem.ts';
import { isHarmless, isWeightsOnly } from './globals.ts';
import type { PickleRun } from './run.ts';

/** Every global that pickles name, once, with its verdict, in the order of first use. */
export function describeGlobals(
  runs: readonly PickleRun[],
  expected: (path: string) => boolean = () => false,
): GlobalFacts[] {
  const paths = new Set(runs.flatMap(({ machine }) => [...machine.globals.keys()]));
  return [...paths].map((name) => ({ name, verdict: verdictOf(name, expected) }));
}

function verdictOf(path: string, expected: (path: string) => boolean): GlobalFacts['verdict'] {
  if (isWeightsOnly(path) || expected(path)) return 'listed';
  return isHarmless(path) ? 'harmless' : 'unsafe';
}

/** A note, not an error: older protocols and other types are legitimate, but since torch 2.6 they need a flag. */
export function reportWeightsOnly(runs: readonly PickleRun[], problems: Problems): void {
  // A global that is not on the list has its own finding.
  if (problems.has('weights/pickle-un')) return;
  const obstacle = runs.find(({ machine, error }) => machine.obstacle && !error)?.machine.obstacle;
  if (obstacle) {
    problems.add('weights/pickle-weights-only', `torch.load(weights_only=True) refuses this file: ${obstacle}.`, {
      hint: 'torch 2.6 and later load with weights_only=True by default; save it again with torch.save(state_dict) and the default protocol.',
    });
  }
}
