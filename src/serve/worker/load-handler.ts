/** Loads a built-in handler by name, or a module of the archive: the only file that executes code of an archive. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError, ToolError } from '../../core/errors.ts';
import { builtinHandlers } from '../../handlers/builtin/index.ts';
import type { HandlerContext, Row } from '../../handlers/sdk.ts';
import { isOnnxBuiltin, onnxBuiltins } from '../../model/handler/builtin-names.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import type { AnyHandler } from './steps.ts';

const steps = ['initialize', 'preprocess', 'inference', 'postprocess', 'handle', 'describe', 'explain'] as const;
/** An object with at least one of these is a handler. */
const workingSteps = ['preprocess', 'inference', 'postprocess', 'handle'] as const;

export async function loadHandler(text: string, reference: HandlerReference, folder: string): Promise<AnyHandler> {
  switch (reference.kind) {
    case 'builtin':
      return loadBuiltin(reference.name);
    case 'module':
      return pickHandler(text, await importModule(text, join(folder, reference.member)), reference.entryPoint);
    case 'python':
      throw new ToolError('HANDLER_UNSUPPORTED', { handler: text, reason: `${reference.member} is Python` });
    case 'cpp':
      throw new ToolError('HANDLER_UNSUPPORTED', { handler: text, reason: 'its runtime is LSP (C++)' });
    case 'missing':
      throw new ToolError('HANDLER_INVALID', {
        handler: text,
        reason: 'the archive has no such file, and no built-in handler has that name',
      });
    case 'none':
      throw new ToolError('HANDLER_INVALID', { handler: text, reason: 'the manifest names no handler' });
  }
}

async function loadBuiltin(name: string): Promise<AnyHandler> {
  if (!isOnnxBuiltin(name)) {
    const known = onnxBuiltins.join(', ');
    throw new ToolError('HANDLER_UNSUPPORTED', {
      handler: name,
      reason: `the built-in handlers that run here are ${known}`,
    });
  }
  return builtinHandlers[name].load();
}

async function importModule(text: string, path: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new ToolError(
      'HANDLER_INVALID',
      { handler: text, reason: `loading its module failed: ${describeError(cause)}` },
      { cause },
    );
  }
}

/** The export after the colon, or the default export, or `handler`, or the module itself when it exports functions named as steps. */
export function pickHandler(
  text: string,
  module: Readonly<Record<string, unknown>>,
  entryPoint: string | undefined,
): AnyHandler {
  if (entryPoint !== undefined) {
    if (!Object.hasOwn(module, entryPoint)) throw invalid(text, `its module has no export named ${entryPoint}`, module);
    return (
      asHandler(module[entryPoint]) ??
      refuse(text, `its export ${entryPoint} is neither an object of steps nor a function`, module)
    );
  }
  for (const name of ['default', 'handler']) {
    if (module[name] === undefined) continue;
    const handler = asHandler(module[name]);
    if (handler) return handler;
  }
  return asSteps(module) ?? refuse(text, 'its module exports no handler', module);
}

function asHandler(value: unknown): AnyHandler | undefined {
  if (typeof value === 'function') {
    // TorchServe's function form: `handle(rows, context)`.
    return { handle: (rows: readonly Row[], context: HandlerContext) => value(rows, context) };
  }
  return typeof value === 'object' && value !== null ? asSteps(value) : undefined;
}

/** Returns the object itself: its steps may use `this`. */
function asSteps(value: object): AnyHandler | undefined {
  return isHandler(value) ? value : undefined;
}

function isHandler(value: object): value is AnyHandler {
  const kindOf = (name: string) => typeof Reflect.get(value, name);
  return (
    workingSteps.some((name) => kindOf(name) === 'function') &&
    steps.every((name) => kindOf(name) === 'function' || kindOf(name) === 'undefined')
  );
}

function refuse(text: string, reason: string, module: Readonly<Record<string, unknown>>): never {
  throw invalid(text, reason, module);
}

function invalid(text: string, reason: string, module: Readonly<Record<string, unknown>>): ToolError {
  const names = Object.keys(module).join(', ') || 'nothing';
  return new ToolError('HANDLER_INVALID', { handler: text, reason: `${reason} (it exports ${names})` });
}
