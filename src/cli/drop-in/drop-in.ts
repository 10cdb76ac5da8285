import type { Terminal } from '../program/command.ts';
import { exitProcess, forgiveClosedReaders } from '../program/exit.ts';
import { exitCodes } from '../program/exit-code.ts';
import type { RawValues } from '../program/flags.ts';
import { columnsOf } from '../program/terminal.ts';
import { type ArgparseFlag, parseArgv } from './argparse.ts';
import { formatHelp, formatUsage } from './usage.ts';

/** A drop-in replacement for one of upstream's commands. */
export interface DropIn {
  readonly program: string;
  /** The replaced command. */
  readonly original: string;
  readonly description: string;
  readonly flags: readonly ArgparseFlag[];
  readonly epilogue: string;
  run(values: RawValues, terminal: Terminal): Promise<void>;
}

/** argparse's default width. */
const DEFAULT_COLUMNS = 80;

export async function runDropIn(argv: readonly string[], tool: DropIn): Promise<void> {
  forgiveClosedReaders();
  await exitProcess(await start(argv, tool));
}

async function start(argv: readonly string[], tool: DropIn): Promise<number> {
  const { program, flags } = tool;
  const columns = (stream: NodeJS.WriteStream) =>
    columnsOf(process.env, { isTTY: stream.isTTY, columns: stream.columns || undefined }) ?? DEFAULT_COLUMNS;
  const parsed = parseArgv(argv, flags);
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(formatHelp(tool, columns(process.stdout)));
      return exitCodes.done;
    case 'usage':
      process.stderr.write(
        `${formatUsage(program, flags, columns(process.stderr))}${program}: error: ${parsed.message}\n`,
      );
      return exitCodes.usage;
    case 'values': {
      const { values } = parsed;
      const [{ runCommand }, { archiverDialect }, { nameTypedOption }] = await Promise.all([
        import('../program/run.ts'),
        import('./upstream-log.ts'),
        import('../program/typed-options.ts'),
      ]);
      return runCommand(values, archiverDialect, async (terminal) => {
        try {
          await tool.run(values, terminal);
          return exitCodes.done;
        } catch (error) {
          throw nameTypedOption(error, tool, values);
        }
      });
    }
  }
}
