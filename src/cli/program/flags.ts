/**
 * Flags declared as data: this file and every table of flags load without commander and without zod, so that `--help`
 * starts at once. What a value may be is judged later, by the zod schema of the command that runs.
 */
export interface Flag {
  /** Long name without dashes; its camelCase form is the key of the value. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What the value is called in help, in capitals; a flag without one is a switch. */
  readonly value?: string;
  readonly help: string;
  /** Accepted for those who come from another tool; not in the help. */
  readonly hidden?: true;
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** May be repeated, and takes every word up to the next flag. */
  readonly many?: boolean;
  /** May be repeated, one word each: the word after it is free for an argument. */
  readonly repeats?: boolean;
}

/** A word of the command line that is not a flag. */
export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  readonly many?: boolean;
}

export interface Example {
  readonly command: string;
  readonly what: string;
}

/** What commander hands over: strings, lists of strings, true for a switch; absent when not given. */
export type RawValues = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** Flags every command has. */
export const commonFlags: readonly Flag[] = [
  { name: 'json', help: 'print the result as JSON on stdout' },
  { name: 'quiet', short: 'q', help: 'no notices and no progress; errors only' },
  {
    name: 'progress',
    value: 'MODE',
    choices: ['auto', 'plain', 'none'],
    help: 'how progress is shown on stderr; auto: on a terminal only',
  },
];

/** zlib's levels, and the two words of ours. */
export const compressionChoices = ['auto', 'store', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
