import type { Context } from '../../core/context.ts';
import type { Style } from '../../ui/style.ts';
import type { ExitCode } from './exit-code.ts';
import type { Argument, Example, Flag, RawValues } from './flags.ts';

/** The terminal, as far as commands use it. */
export interface Terminal {
  readonly context: Context;
  /** Prints the result to stdout: as JSON with `--json`, else as text. */
  print(result: unknown, toText: (style: Style) => string): Promise<void>;
  /** Prints what the command has done, as `print` does, but no text with `--quiet`. */
  report(result: unknown, toText: (style: Style) => string): Promise<void>;
  /** Writes bytes to stdout. The buffer may be reused when the promise is settled. */
  write(piece: Uint8Array): Promise<void>;
  /** Prints a notice to stderr, except with `--quiet`. */
  notice(toText: (style: Style) => string): void;
}

export interface Input {
  readonly words: readonly string[];
  readonly values: RawValues;
}

/** A command of `mar`: its flags, and `run`, which lazily imports its use case and its reporter. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
  run(input: Input, terminal: Terminal): Promise<ExitCode>;
}
