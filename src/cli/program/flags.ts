/**
 * Flags as data. Tables of flags load neither commander nor zod, for a fast `--help`; the command's zod schema checks the
 * values.
 */
export interface Flag {
  /** Long name without dashes; its camelCase form is the key of the value. */
  readonly name: string;
  /** Key of the option it becomes, where that is another. */
  readonly key?: string;
  /** One letter. */
  readonly short?: string;
  /** Name of the value in help, in capitals; undefined for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Accepted for compatibility; not in the help. */
  readonly hidden?: true;
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** May be repeated, and takes every word up to the next flag. */
  readonly many?: boolean;
  /** May be repeated, with one word each. */
  readonly repeats?: boolean;
}

/** A positional argument. */
export interface Argument {
  readonly name: string;
  /** Key of the option it becomes, where that is not its name. */
  readonly key?: string;
  readonly help: string;
  readonly optional?: boolean;
  readonly many?: boolean;
}

export interface Example {
  readonly command: string;
  readonly what: string;
}

/** commander's values: strings, lists of strings, true for a switch; absent if not given. */
export type RawValues = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** Flags every command has. */
export const commonFlags: readonly Flag[] = [
  { name: 'json', help: 'print the result as JSON on stdout' },
  { name: 'quiet', short: 'q', help: 'no warnings, no progress, no summary; errors only' },
  {
    name: 'progress',
    value: 'MODE',
    choices: ['auto', 'plain', 'none'],
    help: 'how progress is shown on stderr; auto: on a terminal only',
  },
];

/** Our two modes, and zlib's levels. */
export const compressionChoices = ['auto', 'store', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** The key of a flag's value, as commander makes it: `modelName` for `model-name`. */
export function toKey(flagName: string): string {
  return flagName.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
