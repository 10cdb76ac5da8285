import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundleHandler } from '../../src/source/bundle.ts';
import { tempTree } from '../support/temp-tree.ts';

const source = `
  import { readFileSync } from 'node:fs';
  import { defineHandler, type Tensor } from 'ts-model-archiver/handler';
  import { twice } from './lib/twice.ts';
  export default defineHandler({ preprocess: (): Record<string, Tensor> => ({}) });
  export const four: number = twice(2);
  export const exists = typeof readFileSync;
`;

/** Sources of a handler without imports of ours, so that the bundle can be run here. */
const plain = {
  'h.ts': `import { base } from 'legacy'; export const handler = { handle: (rows: unknown[]) => rows.map(() => base('/a/b.txt')) };`,
  'node_modules/legacy/package.json': '{"name":"legacy","main":"index.js"}',
  'node_modules/legacy/index.js': `
    const { basename } = require('path');
    let extra; try { extra = require('legacy-optional'); } catch {}
    exports.base = (path) => basename(path) + ':' + typeof __dirname + ':' + typeof __filename;`,
};

describe('bundleHandler', () => {
  it('gives one module whose only imports are the SDK and Node itself', async () => {
    const root = await tempTree({ 'h.ts': source, 'lib/twice.ts': 'export const twice = (n: number) => n * 2;' });
    const { code } = await bundleHandler(join(root, 'h.ts'));
    const specifiers = [...code.matchAll(/from ["']([^"']+)["']/g)].map(([, specifier]) => specifier);
    expect(specifiers.sort()).toEqual(['node:fs', 'ts-model-archiver/handler']);
    expect(code).not.toContain(': number');
  });

  it('runs with CommonJS packages that need require, __dirname and an optional package', async () => {
    const root = await tempTree(plain);
    const { code } = await bundleHandler(join(root, 'h.ts'));
    const target = await tempTree({ 'h.mjs': code });
    const module = await import(pathToFileURL(join(target, 'h.mjs')).href);
    expect(module.handler.handle([{}])).toEqual(['b.txt:string:string']);
  });

  it('gives the same text wherever the sources are, and never a path of the machine', async () => {
    const near = await tempTree(plain);
    const far = await tempTree({ 'a/b/c/': '' });
    await cp(near, join(far, 'a/b/c'), { recursive: true });
    const first = await bundleHandler(join(near, 'h.ts'));
    const second = await bundleHandler(join(far, 'a/b/c/h.ts'));
    expect(second.code).toBe(first.code);
    expect(first.code).not.toContain(near);

    // The package above the handler's folder is named after itself.
    const nested = await tempTree({ ...plain, 'x/y/h.ts': plain['h.ts'] });
    const { code } = await bundleHandler(join(nested, 'x/y/h.ts'));
    expect(code).not.toContain('../');
    expect(code).toContain('"node_modules/legacy/index.js"(');
  });

  it('refuses a native addon and names the chain of imports that leads to it', async () => {
    const root = await tempTree({
      'h.ts': `import './lib/uses.ts'; export default {};`,
      'lib/uses.ts': `import 'addon';`,
      'node_modules/addon/package.json': '{"name":"addon","main":"index.js"}',
      'node_modules/addon/index.js': `module.exports = require('./build/addon.node');`,
      'node_modules/addon/build/addon.node': 'ELF',
    });
    await expect(bundleHandler(join(root, 'h.ts'))).rejects.toMatchObject({
      code: 'HANDLER_NOT_SELF_CONTAINED',
      message: expect.stringContaining(
        'h.ts → lib/uses.ts → node_modules/addon/index.js → node_modules/addon/build/addon.node',
      ),
    });
  });

  it.each([
    ['a gyp file', { 'binding.gyp': '{}' }, {}],
    ['the fields of prebuilt addons', {}, { binary: { module_name: 'x' } }],
    ['optional packages for platforms', {}, { optionalDependencies: { '@x/linux-x64': '1.0.0' } }],
  ])('recognises a native package by %s', async (_, files, fields) => {
    const inPackage = Object.entries(files).map(([name, text]) => [`node_modules/fast/${name}`, text] as const);
    const root = await tempTree({
      'h.ts': `import 'fast'; export default {};`,
      'node_modules/fast/package.json': JSON.stringify({ name: 'fast', main: 'index.js', ...fields }),
      'node_modules/fast/index.js': 'module.exports = 1;',
      ...Object.fromEntries(inPackage),
    });
    await expect(bundleHandler(join(root, 'h.ts'))).rejects.toMatchObject({ code: 'HANDLER_NOT_SELF_CONTAINED' });
  });

  it('names a missing import, with file and line', async () => {
    const root = await tempTree({ 'h.ts': `\nimport { x } from './gone.ts'; export default x;` });
    await expect(bundleHandler(join(root, 'h.ts'))).rejects.toMatchObject({
      code: 'HANDLER_NOT_SELF_CONTAINED',
      message: expect.stringContaining('h.ts:2 → ./gone.ts'),
    });
  });

  it('gives line and column of a syntax error', async () => {
    const root = await tempTree({ 'h.ts': `export default {};\nconst x: = 3;` });
    await expect(bundleHandler(join(root, 'h.ts'))).rejects.toMatchObject({
      code: 'HANDLER_NOT_BUNDLED',
      message: expect.stringContaining('h.ts:2:10'),
    });
  });
});
