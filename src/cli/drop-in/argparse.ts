import { type Flag, type RawValues, toKey } from '../program/flags.ts';

/**
 * Parses as argparse of Python 3.11 does, for scripts around torch-model-archiver: unambiguous prefixes, `-v1.0`, `-fv1.0`,
 * `--flag=value`, the last of a repeated flag wins, no positional arguments. Returns the values, or argparse's error message.
 */
export type Parsed =
  | { readonly kind: 'values'; readonly values: RawValues }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string };

/** Not a flag of the original: never makes a prefix ambiguous that the original accepts. */
export interface ArgparseFlag extends Flag {
  readonly ours?: boolean;
}

type Token =
  | { readonly kind: 'word' }
  /** An option string; `flag` is undefined if unknown. */
  | {
      readonly kind: 'option';
      readonly flag: ArgparseFlag | undefined;
      readonly spelt: string;
      readonly value?: string;
    };

const helpFlag: ArgparseFlag = { name: 'help', short: 'h', help: 'show this help message and exit' };

/** Ends the parse early: a usage error, or help. */
class Stop extends Error {
  readonly result: Parsed;
  constructor(result: Parsed) {
    super();
    this.result = result;
  }
}

function usageError(message: string): Stop {
  return new Stop({ kind: 'usage', message });
}

export function parseArgv(argv: readonly string[], declared: readonly ArgparseFlag[]): Parsed {
  const flags = [helpFlag, ...declared];
  try {
    // argparse classifies every word first: an ambiguous prefix wins over --help.
    const tokens = classify(argv, flags);
    const { values, extras } = consume(argv, tokens, flags);
    checkRequired(declared, values);
    if (extras.length > 0) throw usageError(`unrecognized arguments: ${extras.join(' ')}`);
    return { kind: 'values', values: Object.fromEntries([...values].map(([{ name }, value]) => [toKey(name), value])) };
  } catch (error) {
    if (error instanceof Stop) return error.result;
    throw error;
  }
}

function classify(argv: readonly string[], flags: readonly ArgparseFlag[]): Token[] {
  const end = argv.indexOf('--');
  return argv.map((text, index): Token => {
    if (end >= 0 && index >= end) return { kind: 'word' };
    return readOption(text, flags) ?? { kind: 'word' };
  });
}

/** Undefined for a word that is not an option. */
function readOption(text: string, flags: readonly ArgparseFlag[]): Token | undefined {
  if (!text.startsWith('-') || text === '-') return undefined;
  const exact = findExact(text, flags);
  if (exact) return { kind: 'option', flag: exact, spelt: text };
  const equals = text.indexOf('=');
  if (equals > 0) {
    const spelt = text.slice(0, equals);
    const flag = findExact(spelt, flags);
    if (flag) return { kind: 'option', flag, spelt, value: text.slice(equals + 1) };
  }
  const candidates = text.startsWith('--') ? findByPrefix(text, flags) : findGlued(text, flags);
  const [first] = candidates;
  if (candidates.length > 1) {
    const names = candidates.map((candidate) => candidate.spelt).join(', ');
    throw usageError(`ambiguous option: ${text} could match ${names}`);
  }
  if (first) return first;
  // "-1" and "-a b" are values, as in argparse.
  if (/^-\d+$|^-\d*\.\d+$/.test(text) || text.includes(' ')) return undefined;
  return { kind: 'option', flag: undefined, spelt: text };
}

function findExact(spelt: string, flags: readonly ArgparseFlag[]): ArgparseFlag | undefined {
  return flags.find((flag) => spelt === `--${flag.name}` || (flag.short !== undefined && spelt === `-${flag.short}`));
}

type Candidate = Extract<Token, { kind: 'option' }>;

function findByPrefix(text: string, flags: readonly ArgparseFlag[]): Candidate[] {
  const equals = text.indexOf('=');
  const prefix = equals < 0 ? text : text.slice(0, equals);
  const matching = flags.filter((flag) => `--${flag.name}`.startsWith(prefix));
  const theirs = matching.filter((flag) => !flag.ours);
  return (theirs.length > 0 ? theirs : matching).map((flag) => ({
    kind: 'option',
    flag,
    spelt: `--${flag.name}`,
    ...(equals < 0 ? {} : { value: text.slice(equals + 1) }),
  }));
}

/** `-v1.0`: a short flag with an attached value. */
function findGlued(text: string, flags: readonly ArgparseFlag[]): Candidate[] {
  const spelt = text.slice(0, 2);
  const flag = flags.find((candidate) => candidate.short !== undefined && spelt === `-${candidate.short}`);
  return flag ? [{ kind: 'option', flag, spelt, value: text.slice(2) }] : [];
}

interface Consumed {
  readonly values: ReadonlyMap<ArgparseFlag, string | true>;
  readonly extras: readonly string[];
}

function consume(argv: readonly string[], tokens: readonly Token[], flags: readonly ArgparseFlag[]): Consumed {
  const values = new Map<ArgparseFlag, string | true>();
  const extras: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    const text = argv[index] ?? '';
    if (token?.kind !== 'option' || token.flag === undefined) {
      extras.push(text);
      continue;
    }
    const { flag, value } = unglueSwitches(token, token.flag, flags, values);
    if (flag.value === undefined) setSwitch(flag, values);
    else if (value !== undefined) setValue(flag, value, values);
    else {
      const next = argv[index + 1];
      if (next === undefined || next === '--' || tokens[index + 1]?.kind !== 'word') {
        throw usageError(`argument ${displayName(flag)}: expected one argument`);
      }
      setValue(flag, next, values);
      index++;
    }
  }
  return { values, extras };
}

/** `-fv1.0`: switches, then a flag that takes the rest. Sets the switches. */
function unglueSwitches(
  token: Candidate,
  first: ArgparseFlag,
  flags: readonly ArgparseFlag[],
  values: Map<ArgparseFlag, string | true>,
): { flag: ArgparseFlag; value: string | undefined } {
  let flag = first;
  let value = token.value;
  while (flag.value === undefined && value !== undefined) {
    const next = token.spelt.startsWith('--') || value === '' ? undefined : findExact(`-${value[0]}`, flags);
    if (!next) throw usageError(`argument ${displayName(flag)}: ignored explicit argument ${pythonRepr(value)}`);
    setSwitch(flag, values);
    flag = next;
    value = value.slice(1) || undefined;
  }
  return { flag, value };
}

function setSwitch(flag: ArgparseFlag, values: Map<ArgparseFlag, string | true>): void {
  if (flag === helpFlag) throw new Stop({ kind: 'help' });
  values.set(flag, true);
}

function setValue(flag: ArgparseFlag, value: string, values: Map<ArgparseFlag, string | true>): void {
  if (flag.choices && !flag.choices.includes(value)) {
    const choices = flag.choices.map(pythonRepr).join(', ');
    throw usageError(`argument ${displayName(flag)}: invalid choice: ${pythonRepr(value)} (choose from ${choices})`);
  }
  values.set(flag, value);
}

function checkRequired(flags: readonly ArgparseFlag[], values: ReadonlyMap<ArgparseFlag, unknown>): void {
  const missing = flags.filter((flag) => flag.required && !values.has(flag)).map(displayName);
  if (missing.length > 0) throw usageError(`the following arguments are required: ${missing.join(', ')}`);
}

function displayName(flag: ArgparseFlag): string {
  return flag.short === undefined ? `--${flag.name}` : `-${flag.short}/--${flag.name}`;
}

/** Python's repr() of a string, for the characters that occur on command lines. */
function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    [quote]: `\\${quote}`,
  };
  return quote + text.replace(/[\\'"\n\r\t]/g, (unit) => escapes[unit] ?? unit) + quote;
}
