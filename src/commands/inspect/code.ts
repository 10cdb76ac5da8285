import type { ModelFacts } from '../../model/facts.ts';
import type { ModuleFacts } from '../../source/parse-module.ts';
import type { PythonFacts } from '../../source/parse-python.ts';
import type { InspectResult } from './result.ts';

type HandlerCode = NonNullable<InspectResult['handlerCode']>;

/** Entry point and imports of the handler's source. Undefined for a built-in handler, and for a file that is not text. */
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

/** The worker's order: the named export, the default export, `handler`, then functions named as steps. */
function describeModule({ exports, imports }: ModuleFacts, named: string | undefined): HandlerCode {
  const names = exports.map(({ name }) => name);
  const entry = [named, 'default', 'handler'].find((name) => name !== undefined && names.includes(name));
  return {
    entry: entry === undefined ? names : [entry],
    imports: unique(imports.flatMap(({ specifier }) => specifier ?? [])),
  };
}

/** TorchServe's order: the named function, `handle`, else the only class. */
function describePython({ names, classes, imports }: PythonFacts, named = 'handle'): HandlerCode {
  const entry = names.has(named) ? [named] : classes.map(({ name }) => name);
  return { entry, imports: unique(imports.map(({ module, level }) => '.'.repeat(level) + module)) };
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
