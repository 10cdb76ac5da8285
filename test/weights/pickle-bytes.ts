/** Pickles written by hand, opcode by opcode, so that a test shows exactly what a loader would be given. */

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

export const op = {
  proto: (version: number) => Buffer.from([0x80, version]),
  stop: ascii('.'),
  mark: ascii('('),
  pop: ascii('0'),
  dup: ascii('2'),
  none: ascii('N'),
  reduce: ascii('R'),
  build: ascii('b'),
  newobj: Buffer.from([0x81]),
  obj: ascii('o'),
  tuple: ascii('t'),
  tuple1: Buffer.from([0x85]),
  tuple2: Buffer.from([0x86]),
  emptyTuple: ascii(')'),
  emptyList: ascii(']'),
  emptyDict: ascii('}'),
  append: ascii('a'),
  setItem: ascii('s'),
  memoize: Buffer.from([0x94]),
  stackGlobal: Buffer.from([0x93]),
  frame: (length: bigint) => {
    const bytes = Buffer.alloc(9);
    bytes[0] = 0x95;
    bytes.writeBigUInt64LE(length, 1);
    return bytes;
  },
  global: (module: string, name: string) => ascii(`c${module}\n${name}\n`),
  inst: (module: string, name: string) => ascii(`i${module}\n${name}\n`),
  text: (value: string) => Buffer.concat([ascii('X'), u32(Buffer.byteLength(value)), Buffer.from(value)]),
  bytes: (value: Uint8Array) => Buffer.concat([ascii('B'), u32(value.length), value]),
  put: (index: number) => Buffer.from([0x71, index]),
  get: (index: number) => Buffer.from([0x68, index]),
  extension: (code: number) => Buffer.from([0x82, code]),
};

export function pickle(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...parts, op.stop]);
}

/** What every payload here does; harmless if it ever ran. */
export const payload = Buffer.concat([op.global('os', 'system'), op.text('echo'), op.tuple1, op.reduce]);
