import type { Window } from '../reading/window.ts';
import { isWeightsOnly } from './globals.ts';
import { type PickleRun, runPickle } from './run.ts';

/** Pickles in one file; the legacy torch format has five. */
const MAX_PICKLES = 10_000;

/** Several pickles, one after the other, and what is left behind the last. */
export interface PickleStream {
  readonly runs: readonly PickleRun[];
  /** Where bytes that are no pickle begin; undefined when the last pickle ends with the file or with an error. */
  readonly trailing: number | undefined;
}

/**
 * Reads pickles until the file ends, one breaks, or no further one begins. What Python stops reading at the first
 * STOP, another loader may read on from, so all of them are judged.
 */
export async function runPickles(window: Window, most = MAX_PICKLES): Promise<PickleStream> {
  const runs: PickleRun[] = [];
  while (window.remaining > 0 && runs.length < most) {
    const start = window.position;
    const run = await runPickle(window);
    if (runs.length > 0 && run.error && !isConvincing(run)) {
      window.position = start;
      return { runs, trailing: start };
    }
    runs.push(run);
    if (run.error) return { runs, trailing: undefined };
  }
  return { runs, trailing: window.remaining > 0 ? window.position : undefined };
}

const IDENTIFIERS = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/;

/**
 * Whether bytes that need not be a pickle are one that matters: read to its STOP with something to say, or broken
 * only after it named something real, which Python would have run by then.
 */
export function isConvincing({ machine, error }: PickleRun): boolean {
  const uses = [...machine.globals.values()].filter(({ path }) => IDENTIFIERS.test(path));
  if (!error) return uses.length > 0 || machine.computed.length > 0 || machine.extensions.length > 0;
  return uses.some((use) => use.called || use.created || (machine.protocol >= 2 && !isWeightsOnly(use.path)));
}

/** Whether the first bytes may begin a pickle: PROTO of a real protocol, or an opcode that protocols 0 and 1 begin with. */
export function mayBePickle(first: number, second: number): boolean {
  return (first === 0x80 && second <= 5) || PROTOCOL_0_STARTS.has(first);
}

/** MARK, GLOBAL, INST's mark, EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, texts, numbers, NONE, BINUNICODE and PERSID. */
const PROTOCOL_0_STARTS = new Set([...Buffer.from('(c}])VSUTXIJKLMNFGP')]);
