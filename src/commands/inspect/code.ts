import type { ModelFacts } from '../../model/facts.ts';
import type { ModuleFacts } from '../../source/parse-module.ts';
import type { PythonFacts } from '../../source/parse-python.ts';
import type { InspectResult } from './result.ts';

type HandlerCode = NonNullable<InspectResult['handlerCode']>;

/** What the handler's source shows: its entry point and what it imports. Undefined for a built-in, and for a file that is no text. */
export async function describeCode(facts: ModelFacts): Promise<HandlerCode | undefined> {
  const handler = await facts.handler();
  if (handler.kind === 'module') {
    const module = await facts.module(handler.member);
    return module && describeModule(module, handler.entryPoint);
  }
  if (handler.kind === 'python') {
    const python = await facts.python(handler.member);
    return python && describePython(python, handler.entryPoint);
  }
  return undefined;
}

/** The worker's own order: the export that is named, the default one, `handler`, then the steps themselves. */
function describeModule({ exports, imports }: ModuleFacts, named: string | undefined): HandlerCode {
  const names = exports.map(({ name }) => name);
  const entry = [named, 'default', 'handler'].find((name) => name !== undefined && names.includes(name));
  return {
    entry: entry === undefined ? names : [entry],
    imports: unique(imports.flatMap(({ specifier }) => specifier ?? [])),
  };
}

/** TorchServe's order: the function that is named, or `handle`, else the one class. */
function describePython({ names, classes, imports }: PythonFacts, named = 'handle'): HandlerCode {
  const entry = names.has(named) ? [named] : classes.map(({ name }) => name);
  return { entry, imports: unique(imports.map(({ module, level }) => '.'.repeat(level) + module)) };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
