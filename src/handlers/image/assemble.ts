/**
 * WebAssembly's text format → its binary one, as far as a kernel of this room needs it: functions of i32 parameters without
 * results over one imported memory, instructions one after the other. So a kernel is read, reviewed and shipped as text and
 * needs no compiler. The engine validates what comes out: a mistake in here is an error at load, not a wrong pixel.
 */

/** What stands after an instruction. */
type Operand = 'none' | 'local' | 'label' | 'block' | 'number' | 'memory' | 'memoryLane' | 'lane';

const SIMD = 0xfd;

/** Opcode, with the alignment of a memory access as a power of two; bytes and text as in WebAssembly 2.0, sections 5.4 and 6.5. */
const instructions: ReadonlyMap<string, readonly [operand: Operand, ...bytes: number[]]> = new Map([
  ['loop', ['block', 0x03]],
  ['end', ['none', 0x0b]],
  ['br_if', ['label', 0x0d]],
  ['local.get', ['local', 0x20]],
  ['local.set', ['local', 0x21]],
  ['local.tee', ['local', 0x22]],
  ['i32.const', ['number', 0x41]],
  ['i32.load', ['memory', 0x28, 2]],
  ['i32.load8_u', ['memory', 0x2d, 0]],
  ['i32.store', ['memory', 0x36, 2]],
  ['i32.lt_u', ['none', 0x49]],
  ['i32.add', ['none', 0x6a]],
  ['i32.shl', ['none', 0x74]],
  ['v128.load', ['memory', SIMD, 0x00, 0]],
  ['v128.load32_splat', ['memory', SIMD, 0x09, 2]],
  ['v128.load32_zero', ['memory', SIMD, 0x5c, 0]],
  ['v128.store', ['memory', SIMD, 0x0b, 0]],
  ['v128.store8_lane', ['memoryLane', SIMD, 0x58, 0]],
  ['v128.store32_lane', ['memoryLane', SIMD, 0x5a, 0]],
  ['i32x4.splat', ['none', SIMD, 0x11]],
  ['i32x4.extract_lane', ['lane', SIMD, 0x1b]],
  ['i8x16.narrow_i16x8_u', ['none', SIMD, 0x66]],
  ['i16x8.narrow_i32x4_s', ['none', SIMD, 0x85, 0x01]],
  ['i16x8.extend_low_i8x16_u', ['none', SIMD, 0x89, 0x01]],
  ['i16x8.extend_high_i8x16_u', ['none', SIMD, 0x8a, 0x01]],
  ['i32x4.extend_low_i16x8_u', ['none', SIMD, 0xa9, 0x01]],
  ['i32x4.extend_high_i16x8_u', ['none', SIMD, 0xaa, 0x01]],
  ['i32x4.shr_s', ['none', SIMD, 0xac, 0x01]],
  ['i32x4.add', ['none', SIMD, 0xae, 0x01]],
  ['i32x4.mul', ['none', SIMD, 0xb5, 0x01]],
]);

const types = { i32: 0x7f, v128: 0x7b } as const;
const EMPTY_BLOCK = 0x40;
const FUNCTION_TYPE = 0x60;

interface FunctionText {
  readonly exported: string;
  readonly params: readonly string[];
  readonly locals: readonly (readonly [name: string, type: keyof typeof types])[];
  readonly body: readonly string[];
}

/** Throws a SyntaxError for text outside this subset. */
export function assemble(text: string): Uint8Array {
  const functions = text.replace(/;;.*/g, '').split('(func').slice(1).map(parseFunction);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      functions.map(({ params }) => [FUNCTION_TYPE, ...list(params.map(() => [types.i32])), 0]),
    ),
    ...section(2, [[...name('kernel'), ...name('memory'), 0x02, 0x00, 0x01]]),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(
      7,
      functions.map(({ exported }, index) => [...name(exported), 0x00, ...unsigned(index)]),
    ),
    ...section(10, functions.map(encodeFunction)),
  ]);
}

/** `(export "name") (param $a i32) … (local $b v128) … instructions )`, the opening words taken off. */
function parseFunction(text: string): FunctionText {
  const exported = /\(export "(\w+)"\)/.exec(text)?.[1];
  const declared = [...text.matchAll(/\((param|local) (\$\w+) (i32|v128)\)/g)];
  if (exported === undefined) throw new SyntaxError(`A function without an export: ${text.slice(0, 60)}`);
  const named = (kind: string) => declared.filter((one) => one[1] === kind);
  return {
    exported,
    params: named('param').map((one) => one[2] as string),
    // The pattern lets no other type through.
    locals: named('local').map((one) => [one[2] as string, one[3] as keyof typeof types]),
    body: text
      .replace(/\(.*?\)/g, '')
      .split(/[\s)]+/)
      .filter(Boolean),
  };
}

function encodeFunction({ params, locals, body }: FunctionText): number[] {
  const names = [...params, ...locals.map(([local]) => local)];
  const code = [...list(locals.map(([, type]) => [1, types[type]])), ...encodeBody(body, names), 0x0b];
  return [...unsigned(code.length), ...code];
}

function encodeBody(words: readonly string[], locals: readonly string[]): number[] {
  const code: number[] = [];
  const labels: string[] = [];
  const rest = words.values();
  const next = () => rest.next().value ?? '';
  for (let word = next(); word !== ''; word = next()) {
    const [operand, ...bytes] = instructions.get(word) ?? unknown(word);
    code.push(...bytes);
    if (word === 'end') labels.shift();
    switch (operand) {
      case 'none':
        break;
      case 'local':
        code.push(...unsigned(indexIn(locals, next())));
        break;
      case 'label':
        // Counted from the innermost loop outwards.
        code.push(...unsigned(indexIn(labels, next())));
        break;
      case 'block':
        labels.unshift(next());
        code.push(EMPTY_BLOCK);
        break;
      case 'number':
        code.push(...signed(Number(next())));
        break;
      case 'memory':
        code.push(0);
        break;
      case 'memoryLane':
        code.push(0, Number(next()));
        break;
      case 'lane':
        code.push(Number(next()));
        break;
    }
  }
  return code;
}

function indexIn(names: readonly string[], wanted: string): number {
  const index = names.indexOf(wanted);
  return index < 0 ? unknown(wanted) : index;
}

function unknown(word: string): never {
  throw new SyntaxError(`The kernel says ${word}, which is not known here.`);
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}

const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const name = (text: string): number[] => list(Array.from(Buffer.from(text), (byte) => [byte]));

/** LEB128: seven bits a byte, the lowest first, the eighth says that more follow. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
