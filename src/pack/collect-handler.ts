import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename, join } from 'node:path';
import type { Context } from '../core/context.ts';
import { ToolError } from '../core/errors.ts';
import { isOneOf } from '../core/names/known-words.ts';
import { packageRoot } from '../core/package-info.ts';
import type { Runtime } from '../model/documents/manifest.ts';
import { builtinNames } from '../model/handler/builtin-names.ts';
import { counterpartFile, counterpartNames } from '../model/handler/torchserve-counterpart.ts';
import { collectFile } from './collect-file.ts';
import { parseHandlerArgument } from './handler-argument.ts';
import type { PackInput } from './plan.ts';

export interface CollectedHandler {
  readonly name: string;
  readonly input: PackInput | undefined;
}

/** The file of `--handler`, in the form its runtime needs; none for a built-in handler. */
export async function collectHandler(text: string, runtime: Runtime, context: Context): Promise<CollectedHandler> {
  const argument = parseHandlerArgument(text, runtime, platform());
  if (argument.kind === 'builtin') return { name: argument.name, input: undefined };
  const input = await firstExisting(argument.candidates, context);
  // A file of that name is what upstream would take: ours comes after it.
  if (input === undefined && builtinNames.has(text)) return { name: text, input };
  if (input === undefined)
    throw new ToolError('HANDLER_NOT_FOUND', { handler: text, looked: argument.candidates.join(', ') });
  if (argument.kind === 'module') return bundleModule(input, argument.entryPoint);
  // The form the user gave is kept ("h", "h.py", "h:fn"), without its folder.
  return { name: basename(text), input };
}

/**
 * The Python handler with which TorchServe gives the answers of one of our built-in handlers. Throws INVALID_OPTION for
 * a handler without one.
 */
export async function collectCounterpart(name: string): Promise<CollectedHandler> {
  if (!isOneOf(counterpartNames, name)) {
    const expected = `a built-in handler that has a Python counterpart (${counterpartNames.join(', ')})`;
    throw new ToolError('INVALID_OPTION', { option: 'handler', found: `${name}, with the target both`, expected });
  }
  const member = counterpartFile(name);
  const bytes = await readFile(join(packageRoot, 'templates', 'onnx-in-torchserve', member));
  return {
    name: member,
    input: {
      role: 'handler',
      destination: member,
      origin: `the counterpart of ${name}`,
      size: bytes.length,
      mode: 0o644,
      bytes,
    },
  };
}

async function firstExisting(candidates: readonly string[], context: Context): Promise<PackInput | undefined> {
  for (const candidate of candidates) {
    const input = await collectFile('handler', candidate, context).catch((error: unknown) => {
      if (error instanceof ToolError && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    });
    if (input) return input;
  }
  return undefined;
}

/** A TypeScript or JavaScript handler becomes one self-contained module `<stem>.mjs` (design decision 14). */
async function bundleModule(input: PackInput, entryPoint: string | undefined): Promise<CollectedHandler> {
  const { bundleHandler } = await import('../source/bundle.ts');
  const { code } = await bundleHandler(input.absolute ?? input.origin);
  const bytes = Buffer.from(code);
  const destination = `${input.destination.replace(/\.[cm]?[jt]s$/, '')}.mjs`;
  return {
    name: entryPoint === undefined ? destination : `${destination}:${entryPoint}`,
    input: { role: 'handler', destination, origin: input.origin, size: bytes.length, mode: input.mode, bytes },
  };
}
