import { describe, expect, it } from 'vitest';
import { parseModule } from '../../src/source/parse-module.ts';

const exported = (text: string, name = 'default') =>
  parseModule(text).exports.find((found) => found.name === name)?.value;

describe('parseModule', () => {
  it('finds the steps of a handler however it is exported', () => {
    const steps = { kind: 'object', keys: ['preprocess', 'postprocess'], open: false };
    const literal = '{ preprocess(rows) { return {}; }, async postprocess(outputs) { return []; } }';
    for (const text of [
      `export default defineHandler(${literal});`,
      `export default defineHandler<A, B>(${literal});`,
      `export default ${literal} satisfies Handler;`,
      `const h: Handler = ${literal};\nexport default h;`,
      // What esbuild makes of the first.
      `import { defineHandler as defineHandler2 } from "ts-model-archiver/handler";
       var h_default = defineHandler2(${literal});\nexport { h_default as default };`,
    ]) {
      expect(exported(text), text).toEqual(steps);
    }
  });

  it('reports when an object has keys it cannot see', () => {
    expect(exported('export default { ...base, handle() {} };')).toMatchObject({ keys: ['handle'], open: true });
    expect(exported('export default { [name]: 1, "handle": f };')).toMatchObject({ keys: ['handle'], open: true });
  });

  it('distinguishes functions, classes, literals and unknown values', () => {
    expect(exported('export async function handle(rows) {}', 'handle')).toEqual({ kind: 'function' });
    expect(exported('export const handle = async (rows) => rows;', 'handle')).toEqual({ kind: 'function' });
    expect(exported('export default class Handler {}')).toEqual({ kind: 'class' });
    expect(exported('export default 42;')).toEqual({ kind: 'literal', text: '42' });
    expect(exported('export default make();')).toEqual({ kind: 'unknown' });
    expect(exported('export { a as handler } from "./a.mjs";', 'handler')).toEqual({ kind: 'unknown' });
  });

  it('lists run-time exports with lines, without types', () => {
    const { exports, hasStarExport } = parseModule(
      'export type T = 1;\nexport interface I {}\nexport const a = 1, { b } = c;\nexport * as ns from "n";\nexport * from "m";',
    );
    expect(exports.map(({ name, line }) => `${name}:${line}`)).toEqual(['a:3', 'b:3', 'ns:4']);
    expect(hasStarExport).toBe(true);
  });

  it('lists imports with specifier, line and kind, and whether they may fail', () => {
    const { imports } = parseModule(`import type { T } from 'types-only';
import a from 'a';
import './side-effect.ts';
export { b } from 'b';
const c = await import('c');
const d = await import(name);
try { require('e'); } catch {}`);
    expect(imports).toEqual([
      { specifier: 'a', line: 2, kind: 'static', optional: false },
      { specifier: './side-effect.ts', line: 3, kind: 'static', optional: false },
      { specifier: 'b', line: 4, kind: 'static', optional: false },
      { specifier: 'c', line: 5, kind: 'dynamic', optional: false },
      { specifier: undefined, line: 6, kind: 'dynamic', optional: false },
      { specifier: 'e', line: 7, kind: 'require', optional: true },
    ]);
  });

  it('gives line and column of a syntax error', () => {
    expect(parseModule('const a = 1;\nconst b = = 2;').errors[0]).toMatchObject({ line: 2, column: 11 });
    expect(parseModule('export const fine = <T,>(x: T): T => x;').errors).toEqual([]);
  });

  it('survives hostile nesting', () => {
    const { errors } = parseModule('['.repeat(200_000));
    expect(errors.length).toBeGreaterThan(0);
  });
});
