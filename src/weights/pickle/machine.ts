import { Malformed } from '../../core/documents/malformed.ts';
import { Budget, OverLimit } from '../reading/budget.ts';
import { isWeightsOnly, toPython3 } from './globals.ts';
import type { RawArray } from './joblib.ts';
import type { Bytes, Call, Dict, GlobalUse, GlobalValue, Sequence, Value } from './values.ts';

/** Maximum memory for the values of one pickle; with the stack below it stays well under 256 MB. */
const VALUE_BYTES = 112 * 1024 ** 2;
/** Maximum values on the stack at once: an optimizer's largest batch has 1,000. */
const MAX_STACK = 4_000_000;
/** Costs in V8, measured: an object with its array, a slot of one, an entry of the memo. */
const OBJECT_BYTES = 128;
const SLOT_BYTES = 16;
const MEMO_BYTES = 64;
/** Of a list of a million numbers only the first are kept; tensors and calls are objects and are always kept. */
const PLAIN_ITEMS_KEPT = 4096;
/** Distinct globals of one pickle; a checkpoint names about ten, a whole module hundreds. */
const MAX_GLOBALS = 10_000;
/** Maximum values inside the pickle that look like pickles. */
const MAX_NESTED = 32;

/** The state of a pickle being read: CPython's unpickler with symbols for values. Never imports, never calls. */
export class Machine {
  readonly stack: Value[] = [];
  readonly marks: number[] = [];
  /** Positions are exact: Python accepts an integer of any size. */
  readonly memo = new Map<number | bigint, Value>();
  readonly globals = new Map<string, GlobalUse>();
  /** Positions where names or callees are only known by running the pickle. */
  readonly computed: number[] = [];
  /** Where a global is named by what is no text: Python's unpickler stops there. */
  readonly misnamed: number[] = [];
  /** Where it takes a global by number from a registry outside (EXT1, EXT2, EXT4). */
  readonly extensions: number[] = [];
  readonly nested: (string | Bytes)[] = [];
  /** Why torch.load(weights_only=True) would refuse; the first reason. */
  obstacle: string | undefined;
  protocol = 0;
  /** Set if a FRAME claims more bytes than there are: CPython stops there, other readers continue. */
  badFrame: number | undefined;
  /** It refers to objects outside: persistent ids, out-of-band buffers. */
  persistent = false;
  outOfBand = false;
  /** joblib arrays, whose bytes are between the opcodes. */
  readonly arrays: RawArray[] = [];
  /** Actions of the pickles in its object arrays. */
  readonly objects: Machine[] = [];
  readonly #symbols = new Map<string, GlobalValue>();
  readonly #budget = new Budget(VALUE_BYTES);

  push(value: Value, offset: number): void {
    if (this.stack.length >= MAX_STACK) throw new OverLimit(`it holds more than ${MAX_STACK} values at once`, offset);
    this.stack.push(value);
  }

  /** A new object: counted against the budget, then pushed. */
  create(value: Exclude<Value, null | boolean | number | bigint | string>, slots: number, offset: number): void {
    this.#budget.take(OBJECT_BYTES + SLOT_BYTES * slots, offset);
    this.push(value, offset);
  }

  pushText(text: string, offset: number): void {
    this.#budget.take(text.length, offset);
    this.push(text, offset);
  }

  pop(offset: number): Value {
    const value = this.stack.length > (this.marks.at(-1) ?? 0) ? this.stack.pop() : undefined;
    if (value === undefined) throw new Malformed('an opcode takes more values than the stack has', offset);
    return value;
  }

  top(offset: number): Value {
    const value = this.stack.length > (this.marks.at(-1) ?? 0) ? this.stack.at(-1) : undefined;
    if (value === undefined) throw new Malformed('an opcode needs a value where the stack has none', offset);
    return value;
  }

  mark(offset: number): void {
    if (this.marks.length >= MAX_STACK) throw new OverLimit(`it has more than ${MAX_STACK} open marks`, offset);
    this.marks.push(this.stack.length);
  }

  /** Takes everything above the last mark. */
  popMark(offset: number): Value[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new Malformed('an opcode needs a mark where there is none', offset);
    return this.stack.splice(mark);
  }

  put(index: number | bigint, offset: number): void {
    if (index < 0) throw new Malformed(`the memo has no index ${index}`, offset);
    const value = this.top(offset);
    if (!this.memo.has(index)) this.#budget.take(MEMO_BYTES, offset);
    this.memo.set(index, value);
  }

  get(index: number | bigint, offset: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new Malformed(`the memo has nothing at ${index}`, offset);
    this.push(value, offset);
  }

  /** The same symbol for the same name, however often it occurs. */
  global(module: string, name: string, offset: number): GlobalValue {
    const path = `${toPython3(module)}.${name}`;
    const known = this.#symbols.get(path);
    if (known) return known;
    if (this.globals.size >= MAX_GLOBALS) throw new OverLimit(`it names more than ${MAX_GLOBALS} globals`, offset);
    const use: GlobalUse = { path, spelled: `${module}.${name}`, offset, called: false, created: false };
    const symbol: GlobalValue = { kind: 'global', path, use };
    this.#budget.take(OBJECT_BYTES + 4 * path.length, offset);
    this.globals.set(path, use);
    this.#symbols.set(path, symbol);
    if (!isWeightsOnly(path)) this.obstruct(`it names ${path}`);
    return symbol;
  }

  /** Records a call, never makes one. */
  call(callee: Value, args: readonly Value[], how: 'called' | 'created', offset: number): void {
    if (typeof callee === 'object' && callee?.kind === 'global') {
      callee.use[how] = true;
    } else if (mayBeCallable(callee)) {
      this.computed.push(offset);
      this.obstruct('it calls something it computed');
    }
    const made: Call = { kind: 'call', callee, args, items: [], state: undefined };
    this.create(made, args.length, offset);
  }

  /** Adds to a list, set, dict or object of a class; `step` 2 keeps keys and values together. */
  addItems(target: Value, items: readonly Value[], step: 1 | 2, offset: number): void {
    const container = toContainer(target, step);
    if (!container) return;
    if (step === 2 && items.length % 2 !== 0) throw new Malformed('a dict is given a key without a value', offset);
    for (let i = 0; i < items.length; i += step) {
      const last = items[i + step - 1] ?? null;
      if (container.items.length >= PLAIN_ITEMS_KEPT * step && !isObject(last)) continue;
      this.#budget.take(SLOT_BYTES * step, offset);
      if (step === 2) container.items.push(items[i] ?? null);
      container.items.push(last);
    }
  }

  noteArray(array: RawArray, offset: number): void {
    this.#budget.take(OBJECT_BYTES + SLOT_BYTES * array.shape.length, offset);
    this.arrays.push(array);
  }

  /** Takes over what another reading of the same bytes has seen. */
  adopt({ globals, computed, extensions, misnamed }: Machine): void {
    for (const [path, use] of globals) {
      const known = this.globals.get(path) ?? use;
      known.called ||= use.called;
      known.created ||= use.created;
      this.globals.set(path, known);
    }
    // The places of one reading's memo are other values in the other: it stops at the first that does not fit.
    this.computed.push(...computed.filter((offset) => offset < (misnamed[0] ?? Infinity)).slice(0, 1));
    this.extensions.push(...extensions.slice(0, 1));
  }

  obstruct(reason: string): void {
    this.obstacle ??= reason;
  }

  noteNested(value: string | Bytes): void {
    if (this.nested.length < MAX_NESTED) this.nested.push(value);
  }
}

/** Python refuses to call data, whatever it is: the pickle ends there. */
function mayBeCallable(value: Value): boolean {
  return typeof value === 'object' && value !== null && ['call', 'persistent', 'opaque'].includes(value.kind);
}

function isObject(value: Value): boolean {
  return typeof value === 'object' && value !== null;
}

function toContainer(target: Value, step: 1 | 2): Sequence | Dict | Call | undefined {
  if (typeof target !== 'object' || target === null) return undefined;
  if (target.kind === 'call') return target;
  if (step === 2) return target.kind === 'dict' ? target : undefined;
  return target.kind === 'list' || target.kind === 'set' ? target : undefined;
}
