import { realpath } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import type { BuildFailure, Message, Plugin } from 'esbuild';
import { describeError, ToolError } from '../core/errors.ts';
import { isOneOf } from '../core/names/known-words.ts';
import { optionalPackages } from '../core/package-info.ts';
import { createImportChains, type ImportChains, toShownPath } from './import-chains.ts';
import { findNativeReason } from './native-package.ts';
import type { SyntaxProblem } from './source-lines.ts';

/**
 * What a packed handler may still import: the server provides both next to the extracted model (design decision 14).
 */
const providedModules = ['ts-model-archiver/handler', 'onnxruntime-node'] as const;

export interface BundledHandler {
  /** One ES module with the exports of the source. The same sources give the same text, wherever they are. */
  readonly code: string;
}

/** One self-contained module from a TypeScript or JavaScript handler. Throws HANDLER_NOT_BUNDLED or HANDLER_NOT_SELF_CONTAINED. */
export async function bundleHandler(path: string): Promise<BundledHandler> {
  const { build } = await loadEsbuild();
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  const chains = createImportChains(folder);
  const refusals: ToolError[] = [];
  const result = await build({
    entryPoints: [join(folder, basename(path))],
    absWorkingDir: folder,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    metafile: true,
    logLevel: 'silent',
    external: [...providedModules],
    // CommonJS packages may use these two, which a module does not have; `addNodeGlobals` defines those in use.
    define: { __dirname: DIRNAME, __filename: FILENAME },
    plugins: [refuseNativeImports(chains, refusals)],
  }).catch((failure: unknown) => {
    throw refusals[0] ?? toBundleError(path, folder, failure, chains);
  });
  if (refusals[0]) throw refusals[0];
  const code = result.outputFiles[0]?.text ?? '';
  return { code: addNodeGlobals(hideOuterPaths(code, Object.keys(result.metafile.inputs))) };
}

async function loadEsbuild(): Promise<typeof import('esbuild')> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new ToolError('PACKAGE_MISSING', optionalPackages.esbuild, { cause });
  }
}

/** Records who imports whom, and stops at the first import that cannot be packed. */
function refuseNativeImports(chains: ImportChains, refusals: ToolError[]): Plugin {
  const inner = Symbol('resolve asked by this plugin');
  return {
    name: 'self-contained',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === inner || kind === 'entry-point' || isProvided(path)) return undefined;
        const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: inner });
        const resolved = found.errors.length === 0 && !found.external;
        chains.add(importer, path, resolved ? found.path : undefined);
        // An import that is not found inside try and catch is optional; the bundler knows, and reports the rest.
        if (!resolved) return undefined;
        const reason = await findNativeReason(path, found.path);
        if (reason === undefined) return undefined;
        const refusal = new ToolError('HANDLER_NOT_SELF_CONTAINED', {
          specifier: path,
          chain: chains.to(found.path),
          reason,
        });
        refusals.push(refusal);
        return { errors: [{ text: refusal.message }] };
      });
    },
  };
}

/** Whether the server or Node itself provides an import, so that it need not be in the archive. */
export function isProvided(specifier: string): boolean {
  return isOneOf(providedModules, specifier) || specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/**
 * Syntax errors of a module, by the bundler's own parser; undefined if it is not installed. The text is parsed and
 * never run.
 */
export async function findModuleErrors(text: string, name: string): Promise<readonly SyntaxProblem[] | undefined> {
  const esbuild = await loadEsbuild().catch(() => undefined);
  if (!esbuild) return undefined;
  try {
    await esbuild.transform(text, { loader: 'ts', sourcefile: name, logLevel: 'silent' });
    return [];
  } catch (failure) {
    if (!isBuildFailure(failure)) throw failure;
    return failure.errors.map(({ text: message, location }) => ({
      line: location?.line ?? 1,
      column: (location?.column ?? 0) + 1,
      message: message.replace(/\.$/, ''),
    }));
  }
}

function toBundleError(path: string, folder: string, failure: unknown, chains: ImportChains): ToolError {
  const errors = isBuildFailure(failure) ? failure.errors : [];
  for (const { location } of errors) {
    if (!location) continue;
    const importer = resolve(folder, location.file);
    // The bundler points at the quoted specifier if the import itself fails.
    const specifier = location.lineText.slice(location.column + 1, location.column + location.length - 1);
    if (!chains.has(importer, specifier)) continue;
    const chain = `${chains.to(importer)}:${location.line} → ${specifier}`;
    const reason = 'is not found or cannot be bundled';
    return new ToolError('HANDLER_NOT_SELF_CONTAINED', { specifier, chain, reason }, { cause: failure });
  }
  const problems =
    errors.length > 0 ? errors.slice(0, PROBLEMS_SHOWN).map(describe).join('; ') : describeError(failure);
  return new ToolError(
    'HANDLER_NOT_BUNDLED',
    { path, problems: `${problems}.` },
    errors.length > 0 ? {} : { cause: failure },
  );
}

/** The first errors are enough; the rest mostly follow from them. */
const PROBLEMS_SHOWN = 3;

function isBuildFailure(failure: unknown): failure is BuildFailure {
  return failure instanceof Error && 'errors' in failure && Array.isArray(failure.errors);
}

function describe({ text, location }: Message): string {
  const sentence = text.replace(/\.$/, '');
  return location ? `${toShownPath(location.file)}:${location.line}:${location.column + 1} ${sentence}` : sentence;
}

const DIRNAME = '__handler_dirname';
const FILENAME = '__handler_filename';

/** Defines globals that bundled CommonJS code expects and a module lacks, only if they are used. */
function addNodeGlobals(code: string): string {
  const lines: string[] = [];
  if (/\b__require\(/.test(code)) {
    lines.push("import { createRequire } from 'node:module';", 'const require = createRequire(import.meta.url);');
  }
  if (code.includes(DIRNAME)) lines.push(`const ${DIRNAME} = import.meta.dirname;`);
  if (code.includes(FILENAME)) lines.push(`const ${FILENAME} = import.meta.filename;`);
  return lines.length === 0 ? code : `${lines.join('\n')}\n${code}`;
}

/**
 * The bundler names each source in a comment and each CommonJS source in a key, relative to the handler. Sources above
 * that folder are renamed after their package: the text then depends on nothing but the sources.
 */
function hideOuterPaths(code: string, inputs: readonly string[]): string {
  const outer = new Map(inputs.filter((path) => path.startsWith('../')).map((path) => [path, toShownPath(path)]));
  if (outer.size === 0) return code;
  return code
    .replace(/^\/\/ (\.\.\/.*)$/gm, (line, path: string) => (outer.has(path) ? `// ${outer.get(path)}` : line))
    .replace(/^( {2})"(\.\.\/[^"]*)"\(/gm, (line, indent: string, path: string) =>
      outer.has(path) ? `${indent}"${outer.get(path)}"(` : line,
    );
}
