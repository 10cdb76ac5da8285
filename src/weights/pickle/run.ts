import { Malformed } from '../../core/documents/malformed.ts';
import { OverLimit } from '../reading/budget.ts';
import type { Window } from '../reading/window.ts';
import { findRawArray, skipRawArray } from './joblib.ts';
import { Machine } from './machine.ts';
import { type Operation, readOperation } from './operations.ts';
import { steps } from './steps.ts';
import type { Value } from './values.ts';
import { isSupported } from './weights-only.ts';

/** Opcodes of one pickle. A checkpoint of 10,000 tensors with its optimizer has about a million. */
export const MAX_OPERATIONS = 50_000_000;

/** Maximum object arrays in one joblib pickle. */
const MAX_OBJECT_ARRAYS = 1_000;

/** One pickle, read to its STOP or to an error. */
export interface PickleRun {
  /** Its actions; complete only without `error`. */
  readonly machine: Machine;
  /** The value it builds; undefined with an error. */
  readonly value: Value | undefined;
  readonly start: number;
  /** Offset after STOP, or of the error. */
  readonly end: number;
  readonly operations: number;
  readonly error: Malformed | undefined;
}

/** How a loader reads the bytes of joblib arrays: as data, or as opcodes like the rest. */
export type ArrayReading = 'bytes' | 'opcodes';

/** Reads one pickle from the window's position, and leaves the position after the last byte read. */
export async function runPickle(
  window: Window,
  arrays: ArrayReading = 'bytes',
  most = MAX_OPERATIONS,
): Promise<PickleRun> {
  const machine = new Machine();
  const start = window.position;
  let operations = 0;
  let frameEnd = start;
  try {
    for (;;) {
      const next = readOperation(window);
      const operation = next instanceof Promise ? await next : next;
      if (++operations > most) throw new OverLimit(`it has more than ${most} opcodes`, operation.offset);
      if (!isSupported(operation.name)) machine.obstruct(`it uses the opcode ${operation.name}`);
      if (operation.name === 'STOP') {
        const value = machine.pop(operation.offset);
        return { machine, value, start, end: window.position, operations, error: undefined };
      }
      perform(machine, operation, window);
      if (operation.name === 'FRAME') frameEnd = window.position + Number(operation.argument);
      if (operation.name === 'BUILD' && arrays === 'bytes')
        await passArray(machine, window, operation.offset, frameEnd);
    }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { machine, value: undefined, start, end: error.offset, operations, error };
  }
}

/** The bytes of a joblib array are in the middle of the pickle; those of an object array are a pickle themselves. */
async function passArray(machine: Machine, window: Window, offset: number, frameEnd: number): Promise<void> {
  const array = findRawArray(machine.stack.at(-1), offset);
  if (array === undefined) return;
  // The opcodes come from the frame and the array bytes after it: only joblib can separate them.
  if (window.position < frameEnd) throw new Malformed('a joblib array is inside a frame', offset);
  machine.noteArray(array, offset);
  if (array.bytes !== undefined) return skipRawArray(array, window, offset);
  if (machine.objects.length >= MAX_OBJECT_ARRAYS)
    throw new OverLimit(`it has more than ${MAX_OBJECT_ARRAYS} arrays of objects`, offset);
  const inner = await runPickle(window);
  machine.objects.push(inner.machine, ...inner.machine.objects);
  if (inner.error) throw inner.error;
}

function perform(machine: Machine, { name, argument, offset }: Operation, window: Window): void {
  switch (name) {
    case 'STOP':
      return;
    case 'PROTO':
      machine.protocol = Math.max(machine.protocol, Number(argument));
      return;
    case 'FRAME':
      // Only a hint for reading ahead: the opcodes after it are read in any case.
      if (Number(argument) > window.remaining) machine.badFrame ??= offset;
      return;
    default:
      steps[name](machine, argument, offset);
  }
}
