import { bufferSource } from '../../core/byte-source.ts';
import { OverLimit } from '../reading/budget.ts';
import { type Problems, quote } from '../reading/problem.ts';
import { Window } from '../reading/window.ts';
import { isHarmless, isWeightsOnly } from './globals.ts';
import type { Machine } from './machine.ts';
import { nestedBytes } from './nested.ts';
import { type PickleRun, runPickle } from './run.ts';
import type { GlobalUse } from './values.ts';

/** What a message calls the pickle: "The pickle", or a member of a torch archive. */
export interface PickleContext {
  readonly label: string;
  /** Globals that a container's own format explains, beside the list. */
  readonly expected?: (path: string) => boolean;
  /** The loader resolves ids of objects outside the pickle. */
  readonly persistentIds?: boolean;
}

const UNSAFE_HINT =
  'Do not load this file. If you trust where it comes from, load it there and save tensors only: safetensors, or a plain state_dict.';

/** Turns what one pickle does into problems. */
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
      `${label} computes what it imports or calls; only running it would tell.`,
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
      `${label} makes an object of the class ${name}; whatever code that class has runs on loading.`,
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

/** Never called, and spelled as a class is: a model's own layers look like this, and so may a gadget. */
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
    problems.add('weights/pickle-malformed', `${label} has a frame that ends behind the file.`, {
      offset: machine.badFrame,
    });
  }
  if (machine.persistent && !persistentIds) {
    problems.add('weights/pickle-malformed', `${label} refers to objects that are kept outside of it.`, {
      hint: 'It was taken out of a larger file, such as data.pkl of a torch checkpoint; use that file.',
    });
  }
  if (machine.outOfBand)
    problems.add('weights/pickle-malformed', `${label} needs buffers that were sent beside it (protocol 5).`);
}

async function isWholePickle(bytes: Uint8Array): Promise<boolean> {
  return (await runPickle(new Window(bufferSource('nested pickle', bytes)))).error === undefined;
}
