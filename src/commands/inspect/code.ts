import { readAll } from '../../core/byte-source.ts';
import type { FileTree } from '../../core/file-tree.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import type { ModuleFacts } from '../../source/parse-module.ts';
import type { PythonFacts } from '../../source/parse-python.ts';
import type { InspectResult } from './result.ts';

type HandlerCode = NonNullable<InspectResult['handlerCode']>;

/** Bytes of a handler that is parsed here: a third of a second a MB is too long a wait for a screen. `validate` reads larger ones. */
const SOURCE_BYTES = 1024 ** 2;

/** What the handler's source shows: its entry point and what it imports. Undefined for a built-in, and for a file that is no text. */
export async function describeCode(handler: HandlerReference, tree: FileTree): Promise<HandlerCode | undefined> {
  if (handler.kind !== 'module' && handler.kind !== 'python') return undefined;
  const text = await readText(tree, handler.member);
  if (text === undefined) return undefined;
  if (handler.kind === 'module') {
    const { parseModule } = await import('../../source/parse-module.ts');
    return describeModule(parseModule(text), handler.entryPoint);
  }
  const { parsePython } = await import('../../source/parse-python.ts');
  return describePython(parsePython(text), handler.entryPoint);
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

async function readText(tree: FileTree, member: string): Promise<string | undefined> {
  const source = await tree.open(member);
  try {
    if (source.size > SOURCE_BYTES) return undefined;
    const bytes = await readAll(source, SOURCE_BYTES);
    return bytes.includes(0) ? undefined : bytes.toString('utf8');
  } finally {
    await source.close();
  }
}
