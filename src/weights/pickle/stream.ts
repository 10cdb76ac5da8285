import { OverLimit } from '../reading/budget.ts';
import type { Window } from '../reading/window.ts';
import { isWeightsOnly } from './globals.ts';
import { type OpcodeName, opcodes } from './opcodes.ts';
import { MAX_OPERATIONS, type PickleRun, runPickle } from './run.ts';

/** Pickles in one file; the legacy torch format has five. */
const MAX_PICKLES = 10_000;

/** Several consecutive pickles, and the rest after the last. */
export interface PickleStream {
  readonly runs: readonly PickleRun[];
  /** Offset of bytes that are not a pickle; undefined if the last pickle ends with the file or with an error. */
  readonly trailing: number | undefined;
}

/**
 * Reads pickles until the file ends, one breaks, or no other one starts. Python stops at the first STOP, but another
 * loader may continue, so all of them are checked.
 */
export async function runPickles(
  window: Window,
  most = MAX_PICKLES,
  operations = MAX_OPERATIONS,
): Promise<PickleStream> {
  const runs: PickleRun[] = [];
  let left = operations;
  while (window.remaining > 0 && runs.length < most) {
    const start = window.position;
    const run = await runPickle(window, 'bytes', left);
    left -= run.operations;
    if (run.machine.arrays.length > 0) {
      // pickle.load does not know joblib: it reads the bytes of the first array as opcodes.
      const plain = await runPickle(window.from(start), 'opcodes', left);
      left -= plain.operations;
      run.machine.adopt(plain.machine);
    }
    if (runs.length > 0 && run.error && !isConvincing(run)) {
      window.position = start;
      return { runs, trailing: start };
    }
    if (runs.length === MAX_PICKLES - 1 && window.remaining > 0) {
      const error = new OverLimit(`more than ${MAX_PICKLES} pickles follow each other`, window.position);
      runs.push({ ...run, error });
      return { runs, trailing: undefined };
    }
    runs.push(run);
    if (run.error) return { runs, trailing: undefined };
  }
  return { runs, trailing: window.remaining > 0 ? window.position : undefined };
}

const IDENTIFIERS = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/;

/**
 * Whether bytes that need not be a pickle are one that matters: read to its STOP with something to report, broken only
 * after it named something real, which Python would have run by then, or longer than the limit.
 */
export function isConvincing({ machine, error }: PickleRun): boolean {
  if (error instanceof OverLimit) return true;
  const machines = [machine, ...machine.objects];
  const uses = machines.flatMap(({ globals }) => [...globals.values()]).filter(({ path }) => IDENTIFIERS.test(path));
  if (!error) return uses.length > 0 || machines.some((one) => one.computed.length > 0 || one.extensions.length > 0);
  // A lone number names nothing; a call with it does.
  if (machines.some((one) => one.extensions.length > 0 && one.computed.length > 0)) return true;
  return uses.some((use) => use.called || use.created || (machine.protocol >= 2 && !isWeightsOnly(use.path)));
}

/** Whether a byte may start a pickle: every opcode that takes nothing from the stack or the memo. */
export function mayBePickle(first: number): boolean {
  const opcode = opcodes[first];
  return opcode !== undefined && !NEEDS_STACK.has(opcode.name);
}

const NEEDS_STACK: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  ...(['STOP', 'POP', 'POP_MARK', 'DUP', 'REDUCE', 'BUILD', 'NEWOBJ', 'NEWOBJ_EX', 'OBJ', 'INST'] as const),
  ...(['APPEND', 'APPENDS', 'ADDITEMS', 'SETITEM', 'SETITEMS', 'LIST', 'DICT', 'TUPLE', 'FROZENSET'] as const),
  ...(['TUPLE1', 'TUPLE2', 'TUPLE3', 'STACK_GLOBAL', 'BINPERSID', 'MEMOIZE', 'READONLY_BUFFER'] as const),
  ...(['GET', 'BINGET', 'LONG_BINGET', 'PUT', 'BINPUT', 'LONG_BINPUT'] as const),
]);
