import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package, the same whether this runs from src (tests), dist or a bundle in dist. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return from;
  }
}

/** Our own version, from package.json. */
export function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  return version;
}

/** The packages that may be missing, each as PACKAGE_MISSING tells of it: what it is needed to do, and what installs it. */
export const optionalPackages = {
  onnxruntime: {
    package: 'onnxruntime-node',
    purpose: 'run ONNX models',
    // Without the variable its install script downloads CUDA libraries.
    install: 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node',
  },
  sharp: { package: 'sharp', purpose: 'decode images', install: 'npm install sharp' },
  tokenizers: {
    package: '@huggingface/tokenizers',
    purpose: 'read a tokenizer.json',
    install: 'npm install @huggingface/tokenizers',
  },
  esbuild: { package: 'esbuild', purpose: 'bundle a TypeScript handler', install: 'npm install esbuild' },
} as const;
