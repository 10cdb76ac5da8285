import { bufferSource } from '../../core/byte-source.ts';
import { OverLimit } from '../reading/budget.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { Window } from '../reading/window.ts';
import { isHarmless, isWeightsOnly } from './globals.ts';
import type { Machine } from './machine.ts';
import { nestedBytes } from './nested.ts';
import { type PickleRun, runPickle } from './run.ts';
import type { GlobalUse } from './values.ts';

/** Name of the pickle in messages: "The pickle", or a member of a torch archive. */
export interface PickleContext {
  readonly label: string;
  /** Globals that belong to the container's format, in addition to the list. */
  readonly expected?: (path: string) => boolean;
  /** The loader resolves ids of objects outside the pickle. */
  readonly persistentIds?: boolean;
}

const UNSAFE_HINT =
  'Do not load this file. If you trust its origin, load it there and save tensors only: safetensors, or a plain state_dict.';

/** Turns the actions of one pickle into problems. */
export async function judgePickle(run: PickleRun, context: PickleContext, problems: Problems): Promise<void> {
  const { machine } = run;
  for (const one of [machine, ...machine.objects]) await judgeMachine(one, context, problems);
  judgeForm(run, context, problems);
}

async function judgeMachine(machine: Machine, context: PickleContext, problems: Problems): Promise<void> {
  const { label } = context;
  for (const use of machine.globals.values()) {
    if (!isWeightsOnly(use.path) && !context.expected?.(use.path)) judgeGlobal(use, label, problems);
  }
  for (const offset of machine.computed.slice(0, 1)) {
    problems.add(
      'weights/pickle-unsafe-global',
      `${label} computes what it imports or calls, which only running it would show.`,
      { offset, hint: UNSAFE_HINT },
    );
  }
  for (const offset of machine.extensions.slice(0, 1)) {
    problems.add(
      'weights/pickle-unsafe-global',
      `${label} takes a global by number from the extension registry of the program that loads it.`,
      { offset, hint: UNSAFE_HINT },
    );
  }
  for (const value of machine.nested) {
    const bytes = nestedBytes(value);
    if (bytes && (await isWholePickle(bytes))) {
      problems.add('weights/pickle-nested', `${label} carries another pickle of ${bytes.length} bytes as data.`);
    }
  }
}

function judgeGlobal(use: GlobalUse, label: string, problems: Problems): void {
  const name = use.spelled === use.path ? quote(use.path) : `${quote(use.spelled)} (${use.path})`;
  const { offset } = use;
  if (isHarmless(use.path)) {
    problems.add('weights/pickle-unlisted-global', `${label} uses ${name}, which torch does not load by default.`, {
      offset,
    });
  } else if (isClassOnly(use)) {
    problems.add(
      'weights/pickle-unsafe-class',
      `${label} creates an object of the class ${name}; loading runs the code of that class.`,
      { offset, hint: UNSAFE_HINT },
    );
  } else {
    const verb = use.called ? 'calls' : 'imports';
    problems.add('weights/pickle-unsafe-global', `${label} ${verb} ${name}, which no weights need.`, {
      offset,
      hint: UNSAFE_HINT,
    });
  }
}

/** Never called, and named like a class: a model's own layers look like this, and so may a gadget. */
function isClassOnly(use: GlobalUse): boolean {
  return use.created && !use.called && /(^|\.)[A-Z][A-Za-z0-9_]*$/.test(use.path);
}

function judgeForm(run: PickleRun, { label, persistentIds }: PickleContext, problems: Problems): void {
  const { machine, error } = run;
  if (error) {
    const code = error instanceof OverLimit ? 'weights/pickle-limit' : 'weights/pickle-malformed';
    problems.add(code, `${label} cannot be read to its end: ${error.message}.`, { offset: error.offset });
  }
  if (machine.badFrame !== undefined) {
    problems.add('weights/pickle-malformed', `${label} has a frame that ends after the file.`, {
      offset: machine.badFrame,
    });
  }
  if (machine.persistent && !persistentIds) {
    problems.add('weights/pickle-malformed', `${label} refers to objects outside the pickle.`, {
      hint: 'It is a part of another file, such as data.pkl of a torch checkpoint; use that file.',
    });
  }
  if (machine.outOfBand) problems.add('weights/pickle-malformed', `${label} needs out-of-band buffers (protocol 5).`);
}

async function isWholePickle(bytes: Uint8Array): Promise<boolean> {
  return (await runPickle(new Window(bufferSource('nested pickle', bytes)))).error === undefined;
}
