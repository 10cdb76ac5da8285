import type { Runtime } from '../model/documents/manifest.ts';
import { upstreamBuiltinNames } from '../model/handler/builtin-names.ts';
import { splitEntryPoint } from '../model/handler/entry-point.ts';

/** The handler named by `--handler`, before any file is read. */
export type HandlerArgument =
  | { readonly kind: 'builtin'; readonly name: string }
  /** Candidates in the order they are tried; `entryPoint` is the text after the colon. */
  | {
      readonly kind: 'python' | 'module' | 'cpp';
      readonly candidates: readonly string[];
      readonly entryPoint: string | undefined;
    };

const MODULE_FILE = /\.[cm]?[jt]s$/;

/** True for a JavaScript or TypeScript handler, which decides the runtime when `--runtime` is not given. */
export function isModuleHandler(text: string): boolean {
  return MODULE_FILE.test(splitEntryPoint(text).file);
}

/**
 * Upstream's forms (built-in name, `dir/handler`, `dir/handler.py`, `dir/handler:function`) plus the ones its users
 * ask for: `handler.py:function`, `handler.ts`, `handler.ts:name` (contract 1.3, 1.6).
 */
export function parseHandlerArgument(text: string, runtime: Runtime, platform: NodeJS.Platform): HandlerArgument {
  const { file, entryPoint } = splitEntryPoint(text);
  if (runtime === 'LSP') {
    if (text === 'BaseHandler' || text === 'TorchScriptHandler') return { kind: 'builtin', name: text };
    const extension = platform === 'darwin' ? '.dylib' : platform === 'win32' ? '' : '.so';
    // Upstream always appends; `lib.so` therefore never worked there and may mean itself here.
    return {
      kind: 'cpp',
      candidates: file.endsWith(extension) ? [file + extension, file] : [file + extension],
      entryPoint,
    };
  }
  if (runtime === 'nodejs') return { kind: 'module', candidates: [file], entryPoint };
  if (upstreamBuiltinNames.has(text)) return { kind: 'builtin', name: text };
  // Upstream takes any text with ".py" in it as the path itself.
  return {
    kind: 'python',
    candidates: file.endsWith('.py') ? [file] : file.includes('.py') ? [file, `${file}.py`] : [`${file}.py`],
    entryPoint,
  };
}
