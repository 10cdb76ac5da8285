import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { bufferSource } from '../../../src/core/byte-source.ts';
import { Malformed } from '../../../src/core/documents/malformed.ts';
import { opcodes } from '../../../src/weights/pickle/opcodes.ts';
import { type Argument, readOperation } from '../../../src/weights/pickle/operations.ts';
import { Window } from '../../../src/weights/reading/window.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { mutate } from './mutate.ts';
import { askPython, findPython } from './peer.ts';

/** The opcode reader against CPython's own: the same opcodes at the same places with the same arguments, and the same refusals. */
const CASES = 100_000;
const SEED = 20_261_123;

interface Reading {
  readonly count: number;
  readonly digest: string;
  readonly error: string | null;
}

const python = findPython('pickletools');

it.skipIf(!python)(`reads ${CASES} generated pickles as pickletools.genops does`, async () => {
  const random = createRandom(SEED);
  const inputs = Array.from({ length: CASES }, () => generate(random));
  const expected = askPython<Reading>(python ?? '', 'genops.py', inputs);
  let stricter = 0;
  let whole = 0;
  for (const [index, input] of inputs.entries()) {
    const found = await read(input);
    const wanted = expected[index];
    if (wanted?.error === null) whole++;
    // pickletools wants ASCII in the lines of protocol 0; the unpickler itself takes Latin-1, so ours goes on.
    // It also unescapes the lines of names, which the unpickler takes as they are, and takes one quote for a whole string.
    const isLoneQuote = /^"(\\"|')" is not a valid string/.test(found.error ?? '');
    // And it reads numbers by base 10 alone, where the unpickler, in C, takes 0x10 and 010 and ends at a NUL.
    const isOfC = /[ILF](?:[ +-]*0[xXoObB0-7]|[^\n]*\0)/.test(input.toString('latin1'));
    if (wanted?.error === 'UnicodeDecodeError' || found.hasEscapedName || isLoneQuote || isOfC) {
      stricter++;
      continue;
    }
    const both = { count: found.count, digest: found.digest, failed: found.error !== null };
    const want = { count: wanted?.count, digest: wanted?.digest, failed: wanted?.error !== null };
    expect(both, `case ${index} of seed ${SEED}: ${input.toString('hex')} (${found.error} | ${wanted?.error})`).toEqual(
      want,
    );
  }
  // Both kinds of input were there: pickles read to their end, and broken ones.
  expect(whole).toBeGreaterThan(CASES / 4);
  expect(whole).toBeLessThan(CASES);
  expect(stricter).toBeLessThan(CASES / 10);
});

async function read(bytes: Uint8Array): Promise<Reading & { readonly hasEscapedName: boolean }> {
  const window = new Window(bufferSource('pickle', bytes));
  const digest = createHash('sha1');
  let count = 0;
  let error: string | null = null;
  let hasEscapedName = false;
  try {
    for (;;) {
      const operation = await readOperation(window);
      digest.update(`${operation.name}@${operation.offset}:${canonical(operation.argument, operation.name)}\n`);
      count++;
      hasEscapedName ||=
        /^(GLOBAL|INST|PERSID)$/.test(operation.name) && JSON.stringify(operation.argument).includes('\\\\');
      if (operation.name === 'STOP') break;
    }
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    error = thrown.message;
  }
  return { count, digest: digest.digest('hex'), error, hasEscapedName };
}

function canonical(argument: Argument, opcode: string): string {
  if (argument === undefined) return '';
  if (typeof argument === 'boolean') return `b${Number(argument)}`;
  if (opcode === 'FLOAT' || opcode === 'BINFLOAT')
    return Number.isNaN(argument) ? 'fnan' : `f${doubleHex(Number(argument))}`;
  if (typeof argument === 'number' || typeof argument === 'bigint') return `i${BigInt(argument)}`;
  if (typeof argument === 'string') return `s${Buffer.from(argument).toString('hex')}`;
  if (argument.kind === 'pair') return `s${Buffer.from(`${argument.module} ${argument.name}`).toString('hex')}`;
  return argument.kind === 'bytes' ? `y${Buffer.from(argument.bytes ?? []).toString('hex')}` : 'opaque';
}

function doubleHex(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

const names = opcodes.flatMap((opcode, byte) => (opcode && opcode.name !== 'STOP' ? [{ ...opcode, byte }] : []));

/** Up to twelve opcodes with arguments of their kind; every third is then broken somewhere. */
function generate(random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let i = random.int(12); i >= 0; i--) {
    const { byte, argument, name } = random.pick(names);
    parts.push(Buffer.from([byte]), name === 'PROTO' ? Buffer.from([random.int(6)]) : makeArgument(argument, random));
  }
  const whole = Buffer.concat([...parts, Buffer.from('.')]);
  const bytes = random.int(3) === 0 ? mutate(whole, random) : whole;
  // A protocol above 5 is refused here and not looked at by pickletools.
  return dropHighProtocols(bytes);
}

function dropHighProtocols(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = 0; i + 1 < copy.length; i++) if (copy[i] === 0x80 && (copy[i + 1] ?? 0) > 5) copy[i + 1] = 2;
  return copy;
}

const texts = ['', 'a', 'os', 'größe', '\ud83d\ude00', 'x'.repeat(300), 'line\\n'];
const lines = {
  'line int': ['0', '00', '01', '-5', '+7', '1_000', ' 12 ', '12345678901234567890', '', 'x', '0x10', '1__0', '_1'],
  'line long': ['0L', '-1', '99999999999999999999999L', '', 'L', '1LL', '7_7L'],
  'line float': ['0.5', '-1e300', 'inf', '-Infinity', 'nan', '1_0.5', '.5', '5.', '1e400', '', 'e5', '1.5.2', ' 2.5 '],
  'line string': ["'a'", '"b"', "'\\x41\\n\\\\'", "'\\101'", "'unclosed", "''", "'\\x4'", "'a\\'b'", '', "'\\q'"],
  'line unicode': ['plain', '\\u0041', '\\U0001f600', '\\\\u0041', '\\u00', 'a\\b', ''],
  'line text': ['id', '', 'a b c'],
  'two lines': ['os\nsystem', '\n', 'a.b\nc.d'],
} as const;

function makeArgument(kind: (typeof names)[number]['argument'], random: Random): Buffer {
  if (kind === 'none') return Buffer.alloc(0);
  if (kind in lines) return Buffer.from(`${random.pick(lines[kind as keyof typeof lines])}\n`, 'latin1'); // `in` has just asked
  const fixed = { u1: 1, u2: 2, u4: 4, i4: 4, u8: 8, f8: 8 } as const;
  if (kind in fixed) return random.bytes(fixed[kind as keyof typeof fixed]); // as above
  const body = kind.startsWith('text') ? Buffer.from(random.pick(texts)) : random.bytes(random.int(40));
  const width = kind.endsWith('8') ? 8 : kind.endsWith('4') ? 4 : 1;
  const cut = width === 1 ? body.subarray(0, 255) : kind.startsWith('str') ? Buffer.from('ascii') : body;
  const length = Buffer.alloc(8);
  length.writeUInt32LE(cut.length);
  return Buffer.concat([length.subarray(0, width), cut]);
}
