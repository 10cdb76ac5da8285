import { relative, sep } from 'node:path';

/**
 * Who imports whom while a handler is bundled, so that a refusal can name the chain from the handler to the refused
 * file.
 */
export interface ImportChains {
  add(importer: string, specifier: string, resolved: string | undefined): void;
  /** True if `file` has an import with this specifier. */
  has(importer: string, specifier: string): boolean;
  /** `handler.ts → lib/a.ts → node_modules/x/index.js`. */
  to(file: string): string;
}

/** `folder` is the handler's; shown paths are relative to it. */
export function createImportChains(folder: string): ImportChains {
  const importerOf = new Map<string, string>();
  const specifiers = new Map<string, Set<string>>();
  return {
    add(importer, specifier, resolved) {
      specifiers.set(importer, (specifiers.get(importer) ?? new Set()).add(specifier));
      if (resolved !== undefined && resolved !== importer && !importerOf.has(resolved))
        importerOf.set(resolved, importer);
    },
    has: (importer, specifier) => specifiers.get(importer)?.has(specifier) ?? false,
    to(file) {
      const chain = [file];
      for (let next = importerOf.get(file); next !== undefined && !chain.includes(next); next = importerOf.get(next)) {
        chain.unshift(next);
      }
      return chain.map((path) => toShownPath(relative(folder, path))).join(' → ');
    },
  };
}

/** A path for archives and messages: nothing of the folders above the handler except the package it comes from. */
export function toShownPath(path: string): string {
  const parts = path.split(sep).join('/').split('/');
  if (parts[0] !== '..') return parts.join('/');
  const packages = parts.lastIndexOf('node_modules');
  return packages >= 0
    ? parts.slice(packages).join('/')
    : parts
        .filter((part) => part !== '..')
        .slice(-2)
        .join('/');
}
