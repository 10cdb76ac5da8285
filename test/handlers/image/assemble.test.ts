/** What the assembler writes is run by the engine: the engine is the judge. */
import { expect, test } from 'vitest';
import { assemble } from '../../../src/handlers/image/assemble.ts';

interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: unknown,
  ) => { readonly exports: Record<string, (...args: number[]) => void> };
}
// Node's types leave the engine out.
const { Module, Memory, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

function load(text: string) {
  const memory = new Memory({ initial: 1 });
  const { exports } = new Instance(new Module(assemble(text)), { kernel: { memory } });
  return { exports, integers: new Int32Array(memory.buffer) };
}

test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8_191, 8_192, 2 ** 21, 2 ** 31 - 1, -(2 ** 31)])(
  'i32.const %i comes out as written',
  (value) => {
    const { exports, integers } = load(`(func (export "keep") i32.const 8 i32.const ${value} i32.store)`);
    exports.keep?.();
    expect(integers[2]).toBe(value);
  },
);

test('labels count from the innermost loop: a loop in a loop runs its product of turns', () => {
  const { exports, integers } = load(`
    ;; Adds 1 at $at, $rows x $columns times. (This is no parameter: (param $no i32).)
    (func (export "count") (param $at i32) (param $rows i32) (param $columns i32) (local $x i32) (local $y i32)
      loop $row
        i32.const 0 local.set $x
        loop $column
          local.get $at  local.get $at i32.load  i32.const 1 i32.add  i32.store
          local.get $x i32.const 1 i32.add local.tee $x
          local.get $columns i32.lt_u br_if $column
        end
        local.get $y i32.const 1 i32.add local.tee $y
        local.get $rows i32.lt_u br_if $row
      end)`);
  exports.count?.(4, 30, 50);
  expect(integers[1]).toBe(1_500);
});

test('a text may hold more functions and more bytes than one byte can count', () => {
  const body = 'i32.const 0 i32.const 0 i32.load i32.const 3 i32.add i32.store '.repeat(40);
  const { exports, integers } = load(
    Array.from({ length: 150 }, (_, i) => `(func (export "add${i}") (param $unused i32) ${body})`).join('\n'),
  );
  exports.add149?.(0);
  expect(integers[0]).toBe(120);
  expect(Object.keys(exports).length).toBe(150);
});

test.each([
  ['an instruction that is not known', '(func (export "f") i64.const 1)', 'i64.const'],
  ['a local that is not declared', '(func (export "f") local.get $a)', '$a'],
  ['a label outside its loop', '(func (export "f") loop $a end i32.const 1 br_if $a)', '$a'],
  ['a function without an export', '(func i32.const 1)', 'without an export'],
])('assemble refuses %s', (_, text, problem) => {
  expect(() => assemble(text)).toThrow(SyntaxError);
  expect(() => assemble(text)).toThrow(problem);
});
