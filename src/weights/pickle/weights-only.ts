import type { OpcodeName } from './opcodes.ts';
import { isCall, isGlobal, type Value } from './values.ts';

/**
 * What torch.load(weights_only=True) allows in addition to its list of globals (torch/_weights_only_unpickler.py, torch
 * 2.9). Loading an untrusted file that way needs torch 2.6 or later: before, the restriction itself could be bypassed
 * (CVE-2025-32434).
 */

const supported: ReadonlySet<OpcodeName> = new Set<OpcodeName>([
  'APPEND',
  'APPENDS',
  'BINFLOAT',
  'BINGET',
  'BININT',
  'BININT1',
  'BININT2',
  'BINPERSID',
  'BINPUT',
  'BINUNICODE',
  'BUILD',
  'EMPTY_DICT',
  'EMPTY_LIST',
  'EMPTY_SET',
  'EMPTY_TUPLE',
  'GLOBAL',
  'LONG1',
  'LONG_BINGET',
  'LONG_BINPUT',
  'MARK',
  'NEWFALSE',
  'NEWOBJ',
  'NEWTRUE',
  'NONE',
  'PROTO',
  'REDUCE',
  'SETITEM',
  'SETITEMS',
  'SHORT_BINSTRING',
  'STOP',
  'TUPLE',
  'TUPLE1',
  'TUPLE2',
  'TUPLE3',
]);

export function isSupported(name: OpcodeName): boolean {
  return supported.has(name);
}

/** Objects that may be given a state: those its listed globals make. */
export function canBuild(target: Value): boolean {
  return isCall(target) && isGlobal(target.callee);
}

const dictTypes = new Set(['collections.OrderedDict', 'collections.Counter']);

export function canSetItems(target: Value): boolean {
  if (typeof target !== 'object' || target === null) return false;
  if (target.kind === 'dict') return true;
  return isCall(target) && isGlobal(target.callee) && dictTypes.has(target.callee.path);
}
