import { CommanderError } from 'commander';
import { formatJson } from '../ui/text.ts';
import { commands } from './commands/index.ts';
import type { CommandEntry, Input } from './program/command.ts';
import { exitProcess, forgiveClosedReaders } from './program/exit.ts';
import { exitCodeOf, exitCodes } from './program/exit-code.ts';
import { buildProgram } from './program/program.ts';

/** `mar`: argv → command → exit code. Commands import lazily. */
export async function main(argv: readonly string[]): Promise<void> {
  forgiveClosedReaders();
  let code: number = exitCodes.done;
  const program = buildProgram(commands, argv, async (entry, input) => {
    code = await dispatch(entry, input);
  });
  try {
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has printed the message; --help and --version are no errors.
    code =
      error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? exitCodes.done : exitCodes.usage;
    if (error.exitCode === 0) code = exitCodes.done;
    if (code === exitCodes.usage && argv.includes('--json')) process.stdout.write(usageAnswer(error));
  }
  await exitProcess(code);
}

/** The `--json` output of a usage error. */
function usageAnswer({ message }: CommanderError): string {
  return formatJson({ schemaVersion: 1, error: { code: 'USAGE', message: message.replace(/^error: /, '') } });
}

async function dispatch(entry: CommandEntry, input: Input): Promise<number> {
  const { runCommand, wordThrown } = await import('./program/run.ts');
  const { formatNotice } = await import('../ui/error-text.ts');
  const { nameTypedOption } = await import('./program/typed-options.ts');
  const dialect = { formatError: wordThrown, formatNotice, exitCodeOf };
  return runCommand(input.values, dialect, async (terminal) => {
    try {
      return await entry.run(input, terminal);
    } catch (error) {
      throw nameTypedOption(error, entry, input.values);
    }
  });
}
