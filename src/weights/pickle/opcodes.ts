import { keysOf } from '../../core/names/known-words.ts';

/**
 * Every opcode of pickle protocols 0 to 5 (Python's Lib/pickletools.py): its byte, its name and what follows it.
 * Lengths are little-endian; `line` arguments end at a newline; `i` is signed.
 */
export type ArgumentKind =
  | 'none'
  | 'u1'
  | 'u2'
  | 'u4'
  | 'u8'
  | 'i4'
  | 'f8'
  | 'line int'
  | 'line index'
  | 'line long'
  | 'line float'
  | 'line string'
  | 'line unicode'
  | 'line text'
  | 'two lines'
  | 'long1'
  | 'long4'
  | 'bytes1'
  | 'bytes4'
  | 'bytes8'
  | 'text1'
  | 'text4'
  | 'text8'
  /** Python 2's str: bytes that are nearly always ASCII text. `4` has a signed length. */
  | 'str1'
  | 'str4';

const table = {
  MARK: [0x28, 'none'],
  STOP: [0x2e, 'none'],
  POP: [0x30, 'none'],
  POP_MARK: [0x31, 'none'],
  DUP: [0x32, 'none'],
  FLOAT: [0x46, 'line float'],
  INT: [0x49, 'line int'],
  BININT: [0x4a, 'i4'],
  BININT1: [0x4b, 'u1'],
  LONG: [0x4c, 'line long'],
  BININT2: [0x4d, 'u2'],
  NONE: [0x4e, 'none'],
  PERSID: [0x50, 'line text'],
  BINPERSID: [0x51, 'none'],
  REDUCE: [0x52, 'none'],
  STRING: [0x53, 'line string'],
  BINSTRING: [0x54, 'str4'],
  SHORT_BINSTRING: [0x55, 'str1'],
  UNICODE: [0x56, 'line unicode'],
  BINUNICODE: [0x58, 'text4'],
  APPEND: [0x61, 'none'],
  BUILD: [0x62, 'none'],
  GLOBAL: [0x63, 'two lines'],
  DICT: [0x64, 'none'],
  EMPTY_DICT: [0x7d, 'none'],
  APPENDS: [0x65, 'none'],
  GET: [0x67, 'line index'],
  BINGET: [0x68, 'u1'],
  INST: [0x69, 'two lines'],
  LONG_BINGET: [0x6a, 'u4'],
  LIST: [0x6c, 'none'],
  EMPTY_LIST: [0x5d, 'none'],
  OBJ: [0x6f, 'none'],
  PUT: [0x70, 'line index'],
  BINPUT: [0x71, 'u1'],
  LONG_BINPUT: [0x72, 'u4'],
  SETITEM: [0x73, 'none'],
  TUPLE: [0x74, 'none'],
  EMPTY_TUPLE: [0x29, 'none'],
  SETITEMS: [0x75, 'none'],
  BINFLOAT: [0x47, 'f8'],
  BINBYTES: [0x42, 'bytes4'],
  SHORT_BINBYTES: [0x43, 'bytes1'],
  PROTO: [0x80, 'u1'],
  NEWOBJ: [0x81, 'none'],
  EXT1: [0x82, 'u1'],
  EXT2: [0x83, 'u2'],
  EXT4: [0x84, 'i4'],
  TUPLE1: [0x85, 'none'],
  TUPLE2: [0x86, 'none'],
  TUPLE3: [0x87, 'none'],
  NEWTRUE: [0x88, 'none'],
  NEWFALSE: [0x89, 'none'],
  LONG1: [0x8a, 'long1'],
  LONG4: [0x8b, 'long4'],
  SHORT_BINUNICODE: [0x8c, 'text1'],
  BINUNICODE8: [0x8d, 'text8'],
  BINBYTES8: [0x8e, 'bytes8'],
  EMPTY_SET: [0x8f, 'none'],
  ADDITEMS: [0x90, 'none'],
  FROZENSET: [0x91, 'none'],
  NEWOBJ_EX: [0x92, 'none'],
  STACK_GLOBAL: [0x93, 'none'],
  MEMOIZE: [0x94, 'none'],
  FRAME: [0x95, 'u8'],
  BYTEARRAY8: [0x96, 'bytes8'],
  NEXT_BUFFER: [0x97, 'none'],
  READONLY_BUFFER: [0x98, 'none'],
} as const satisfies Record<string, readonly [number, ArgumentKind]>;

export type OpcodeName = keyof typeof table;

export interface Opcode {
  readonly name: OpcodeName;
  readonly argument: ArgumentKind;
}

/** Indexed by the opcode's byte. */
export const opcodes: readonly (Opcode | undefined)[] = buildIndex();

function buildIndex(): (Opcode | undefined)[] {
  const index: (Opcode | undefined)[] = new Array(256).fill(undefined);
  for (const name of keysOf(table)) {
    const [byte, argument] = table[name];
    index[byte] = { name, argument };
  }
  return index;
}

/** The highest protocol there is. */
export const HIGHEST_PROTOCOL = 5;
