import type { Context } from '../../core/context.ts';
import type { Style } from '../../ui/style.ts';
import type { ExitCode } from './exit-code.ts';
import type { Argument, Example, Flag, RawValues } from './flags.ts';

/** What a running command may do with the terminal. */
export interface Terminal {
  readonly context: Context;
  /** The result, on stdout: as JSON with `--json`, else as the reporter words it. */
  print(result: unknown, toText: (style: Style) => string): Promise<void>;
  /** Bytes of a result that is a file, on stdout. The piece may be reused once the promise is settled. */
  write(piece: Uint8Array): Promise<void>;
  /** A line about the work, on stderr; not with `--quiet`. */
  notice(toText: (style: Style) => string): void;
}

export interface Input {
  readonly words: readonly string[];
  readonly values: RawValues;
}

/** A command of `mar`, on one screen: how it is called, and which use case and which reporter it joins (both imported when it runs). */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
  run(input: Input, terminal: Terminal): Promise<ExitCode>;
}
