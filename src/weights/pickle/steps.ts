import { isRawArrayObject } from './joblib.ts';
import type { Machine } from './machine.ts';
import { looksLikePickle } from './nested.ts';
import type { OpcodeName } from './opcodes.ts';
import type { Argument } from './operations.ts';
import { isTuple, opaque, type Sequence, type Value } from './values.ts';
import { canBuild, canSetItems } from './weights-only.ts';

/** The effect of one opcode on the machine; `argument` is that of {@link OpcodeName}'s entry in the opcode table. */
type Step = (machine: Machine, argument: Argument, offset: number) => void;

/** Numbers and booleans. */
const pushPlain: Step = (machine, argument, offset) =>
  machine.push(argument === undefined || isPair(argument) ? opaque : argument, offset);
const pushConstant =
  (value: Value): Step =>
  (machine, _argument, offset) =>
    machine.push(value, offset);

const pushText: Step = (machine, argument, offset) => {
  if (typeof argument !== 'string') return machine.push(opaque, offset);
  if (looksLikePickle(argument)) machine.noteNested(argument);
  machine.pushText(argument, offset);
};

const pushBytes: Step = (machine, argument, offset) => {
  if (typeof argument !== 'object' || argument.kind !== 'bytes') return machine.push(opaque, offset);
  if (looksLikePickle(argument)) machine.noteNested(argument);
  machine.create(argument, (argument.bytes?.length ?? 0) / 16, offset);
};

const pushSequence =
  (kind: Sequence['kind'], take: (machine: Machine, offset: number) => Value[]): Step =>
  (machine, _argument, offset) => {
    const items = take(machine, offset);
    machine.create({ kind, items }, items.length, offset);
  };
const nothing = (): Value[] => [];
const marked = (machine: Machine, offset: number): Value[] => machine.popMark(offset);
/** Arrays of exactly that length: growing one reserves room for 17. */
const last =
  (count: 1 | 2 | 3) =>
  (machine: Machine, offset: number): Value[] => {
    const third = machine.pop(offset);
    if (count === 1) return [third];
    const second = machine.pop(offset);
    return count === 2 ? [second, third] : [machine.pop(offset), second, third];
  };

const toPlace = (argument: Argument) => (typeof argument === 'bigint' ? argument : Number(argument));
const put: Step = (machine, argument, offset) => machine.put(toPlace(argument), offset);
const get: Step = (machine, argument, offset) => machine.get(toPlace(argument), offset);

const pushExtension: Step = (machine, _argument, offset) => {
  machine.extensions.push(offset);
  machine.push(opaque, offset);
};

const pushPersistent = (machine: Machine, id: Value, offset: number): void => {
  machine.persistent = true;
  if (!isTuple(id) || id.items[0] !== 'storage') machine.obstruct('it refers to something other than a storage');
  machine.create({ kind: 'persistent', id }, 0, offset);
};

const append = (machine: Machine, items: readonly Value[], offset: number): void => {
  const target = machine.top(offset);
  if (typeof target !== 'object' || target?.kind !== 'list')
    machine.obstruct('it appends to a value that is not a list');
  machine.addItems(target, items, 1, offset);
};

const setItems = (machine: Machine, items: readonly Value[], offset: number): void => {
  const target = machine.top(offset);
  if (!canSetItems(target)) machine.obstruct('it sets items of a value that is not a dict');
  machine.addItems(target, items, 2, offset);
};

const toArgs = (value: Value): readonly Value[] => (isTuple(value) ? value.items : [value]);

const isPair = (argument: Argument): argument is Extract<Argument, { readonly kind: 'pair' }> =>
  typeof argument === 'object' && argument.kind === 'pair';

const pushComputedGlobal = (machine: Machine, offset: number): void => {
  machine.computed.push(offset);
  machine.obstruct('it computes the name of a global');
  machine.push(opaque, offset);
};

/** Certainly no text: what calls give may be one, but for the object that stands for an array of joblib. */
const isNoText = (value: Value | undefined): boolean =>
  isRawArrayObject(value) ||
  (typeof value !== 'string' &&
    (typeof value !== 'object' || value === null || !['call', 'persistent', 'opaque'].includes(value.kind)));

/** Python's Lib/pickle.py, method by method (`load_…`), over symbols. PROTO, FRAME and STOP are the runner's. */
export const steps: Readonly<Record<Exclude<OpcodeName, 'STOP' | 'PROTO' | 'FRAME'>, Step>> = {
  NONE: pushConstant(null),
  NEWTRUE: pushConstant(true),
  NEWFALSE: pushConstant(false),
  INT: pushPlain,
  BININT: pushPlain,
  BININT1: pushPlain,
  BININT2: pushPlain,
  LONG: pushPlain,
  LONG1: pushPlain,
  LONG4: pushPlain,
  FLOAT: pushPlain,
  BINFLOAT: pushPlain,
  STRING: pushText,
  BINSTRING: pushText,
  SHORT_BINSTRING: pushText,
  UNICODE: pushText,
  BINUNICODE: pushText,
  SHORT_BINUNICODE: pushText,
  BINUNICODE8: pushText,
  BINBYTES: pushBytes,
  SHORT_BINBYTES: pushBytes,
  BINBYTES8: pushBytes,
  BYTEARRAY8: pushBytes,
  NEXT_BUFFER(machine, _argument, offset) {
    machine.outOfBand = true;
    machine.push(opaque, offset);
  },
  READONLY_BUFFER: (machine, _argument, offset) => void machine.top(offset),

  EMPTY_LIST: pushSequence('list', nothing),
  LIST: pushSequence('list', marked),
  EMPTY_TUPLE: pushSequence('tuple', nothing),
  TUPLE: pushSequence('tuple', marked),
  TUPLE1: pushSequence('tuple', last(1)),
  TUPLE2: pushSequence('tuple', last(2)),
  TUPLE3: pushSequence('tuple', last(3)),
  EMPTY_SET: pushSequence('set', nothing),
  FROZENSET: pushSequence('set', marked),
  EMPTY_DICT: (machine, _argument, offset) => machine.create({ kind: 'dict', items: [] }, 0, offset),
  DICT(machine, _argument, offset) {
    const items = machine.popMark(offset);
    machine.create({ kind: 'dict', items: [] }, 0, offset);
    setItems(machine, items, offset);
  },
  APPEND: (machine, _argument, offset) => append(machine, [machine.pop(offset)], offset),
  APPENDS: (machine, _argument, offset) => append(machine, machine.popMark(offset), offset),
  ADDITEMS(machine, _argument, offset) {
    const items = machine.popMark(offset);
    machine.addItems(machine.top(offset), items, 1, offset);
  },
  SETITEM: (machine, _argument, offset) => setItems(machine, last(2)(machine, offset), offset),
  SETITEMS: (machine, _argument, offset) => setItems(machine, machine.popMark(offset), offset),

  MARK: (machine, _argument, offset) => machine.mark(offset),
  POP(machine, _argument, offset) {
    if (machine.marks.at(-1) === machine.stack.length) machine.marks.pop();
    else machine.pop(offset);
  },
  POP_MARK: (machine, _argument, offset) => void machine.popMark(offset),
  DUP: (machine, _argument, offset) => machine.push(machine.top(offset), offset),
  PUT: put,
  BINPUT: put,
  LONG_BINPUT: put,
  /** The next free index is the size of the memo, whatever indices PUT has filled. */
  MEMOIZE: (machine, _argument, offset) => machine.put(machine.memo.size, offset),
  GET: get,
  BINGET: get,
  LONG_BINGET: get,

  GLOBAL(machine, argument, offset) {
    if (isPair(argument)) machine.push(machine.global(argument.module, argument.name, offset), offset);
    else pushComputedGlobal(machine, offset);
  },
  STACK_GLOBAL(machine, _argument, offset) {
    const [module, name] = last(2)(machine, offset);
    if (typeof module === 'string' && typeof name === 'string')
      machine.push(machine.global(module, name, offset), offset);
    else {
      if ([module, name].some(isNoText)) machine.misnamed.push(offset);
      pushComputedGlobal(machine, offset);
    }
  },
  EXT1: pushExtension,
  EXT2: pushExtension,
  EXT4: pushExtension,

  REDUCE(machine, _argument, offset) {
    const [callee = null, args = null] = last(2)(machine, offset);
    machine.call(callee, toArgs(args), 'called', offset);
  },
  NEWOBJ(machine, _argument, offset) {
    const [type = null, args = null] = last(2)(machine, offset);
    machine.call(type, toArgs(args), 'created', offset);
  },
  NEWOBJ_EX(machine, _argument, offset) {
    const [type = null, args = null, named = null] = last(3)(machine, offset);
    machine.call(type, [...toArgs(args), named], 'created', offset);
  },
  INST(machine, argument, offset) {
    const args = machine.popMark(offset);
    if (isPair(argument)) machine.call(machine.global(argument.module, argument.name, offset), args, 'called', offset);
    else pushComputedGlobal(machine, offset);
  },
  OBJ(machine, _argument, offset) {
    const [type, ...args] = machine.popMark(offset);
    if (type === undefined) machine.pop(offset);
    else machine.call(type, args, 'called', offset);
  },
  BUILD(machine, _argument, offset) {
    const state = machine.pop(offset);
    const target = machine.top(offset);
    if (!canBuild(target))
      machine.obstruct('it sets the state of an object that is not a tensor, parameter or ordered dict');
    if (typeof target === 'object' && target?.kind === 'call') target.state = state;
  },
  PERSID: (machine, argument, offset) => pushPersistent(machine, String(argument), offset),
  BINPERSID: (machine, _argument, offset) => pushPersistent(machine, machine.pop(offset), offset),
};
