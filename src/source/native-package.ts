import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Packages whose only job is to find and load a compiled addon at run time. */
const addonLoaders = new Set([
  'bindings',
  'node-gyp-build',
  'node-gyp-build-optional-packages',
  '@mapbox/node-pre-gyp',
  'pkg-prebuilds',
]);

/** Why an import cannot be packed because it leads to compiled code, or undefined if nothing shows that. */
export async function findNativeReason(specifier: string, file: string): Promise<string | undefined> {
  if (file.endsWith('.node')) return 'is a native addon';
  if (addonLoaders.has(specifier)) return 'loads a native addon';
  const root = packageRootOf(file);
  return root !== undefined && (await isNativePackage(root)) ? 'belongs to a package with a native addon' : undefined;
}

function packageRootOf(file: string): string | undefined {
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file);
  return match?.[1];
}

/**
 * Signs of an addon: a gyp file, the package.json fields of node-gyp, node-pre-gyp and napi-rs, or optional
 * dependencies named after platforms, as prebuilt binaries are delivered.
 */
async function isNativePackage(root: string): Promise<boolean> {
  const manifest = await readPackage(join(root, 'package.json'));
  if (manifest === undefined) return false;
  if (manifest.gypfile === true || 'binary' in manifest || 'napi' in manifest) return true;
  const optional = manifest.optionalDependencies;
  if (typeof optional === 'object' && optional !== null && Object.keys(optional).some(isPlatformName)) return true;
  return access(join(root, 'binding.gyp')).then(
    () => true,
    () => false,
  );
}

function isPlatformName(name: string): boolean {
  return /(?:^|[-/])(?:linux|darwin|win32)(?:[-/]|$)/.test(name) && dirname(name) !== '@types';
}

async function readPackage(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    // No readable package.json: nothing is known about the folder, and the bundler decides about the file.
    return undefined;
  }
}
