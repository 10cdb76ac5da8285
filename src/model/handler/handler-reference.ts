import { isOnnxName } from '../../weights/onnx-name.ts';
import type { Manifest } from '../documents/manifest.ts';
import { builtinNames } from './builtin-names.ts';
import { splitEntryPoint } from './entry-point.ts';
import { counterpartOf } from './torchserve-counterpart.ts';

/** What runs the manifest's handler, decided by the manifest and the names of members, never by loading code. */
export type HandlerReference =
  | { readonly kind: 'none' }
  /** `counterpart` is the Python member that gives the same answers in TorchServe. */
  | { readonly kind: 'builtin'; readonly name: string; readonly counterpart?: string }
  | { readonly kind: 'module'; readonly member: string; readonly entryPoint: string | undefined }
  | { readonly kind: 'python'; readonly member: string; readonly entryPoint: string | undefined }
  | { readonly kind: 'cpp'; readonly name: string }
  /** Named but missing in the archive. */
  | { readonly kind: 'missing'; readonly text: string };

/** Files that Node runs unchanged; a TypeScript source is bundled into one of them when it is packed. */
export const MODULE_FILE = /\.[cm]?js$/;

export function detectHandler(manifest: Manifest, members: ReadonlySet<string>): HandlerReference {
  const text = manifest.model?.handler;
  if (text === undefined || text === '') return { kind: 'none' };
  if (manifest.runtime === 'LSP') return { kind: 'cpp', name: text };
  const { file, entryPoint } = splitEntryPoint(text);
  if (manifest.runtime === 'nodejs' || MODULE_FILE.test(file)) return detectModule(text, file, entryPoint, members);
  return findCounterpart(file, manifest, members) ?? detectPython(text, file, entryPoint, members);
}

/**
 * Our own Python handler for ONNX weights is for TorchServe; here the corresponding built-in handler runs, without
 * Python.
 */
function findCounterpart(file: string, manifest: Manifest, members: ReadonlySet<string>): HandlerReference | undefined {
  const name = counterpartOf(file);
  if (name === undefined || !members.has(file) || !isOnnxName(manifest.model?.serializedFile)) return undefined;
  return { kind: 'builtin', name, counterpart: file };
}

function detectModule(
  text: string,
  file: string,
  entryPoint: string | undefined,
  members: ReadonlySet<string>,
): HandlerReference {
  const candidates = MODULE_FILE.test(file) ? [file] : [`${file}.mjs`, `${file}.js`, `${file}.cjs`];
  const member = candidates.find((name) => members.has(name));
  if (member !== undefined) return { kind: 'module', member, entryPoint };
  if (builtinNames.has(file)) return { kind: 'builtin', name: file };
  return { kind: 'missing', text };
}

/**
 * TorchServe's worker strips ".py", takes the last path segment, imports it as a module from the model's folder, and
 * only if that fails looks for a built-in handler (contract 5.3): a member of that name wins over a built-in.
 */
function detectPython(
  text: string,
  file: string,
  entryPoint: string | undefined,
  members: ReadonlySet<string>,
): HandlerReference {
  const stem = file.replace(/\.py$/, '');
  const module = stem.slice(stem.lastIndexOf('/') + 1);
  const candidates = [`${module}.py`, `${module.replaceAll('.', '/')}.py`, `${module}/__init__.py`, `${stem}.py`];
  const member = candidates.find((name) => members.has(name));
  if (member !== undefined) return { kind: 'python', member, entryPoint };
  if (builtinNames.has(module)) return { kind: 'builtin', name: module };
  return { kind: 'missing', text };
}
