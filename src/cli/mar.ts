import { CommanderError } from 'commander';
import { commands } from './commands/index.ts';
import type { CommandEntry, Input } from './program/command.ts';
import { exitProcess, forgiveClosedReaders } from './program/exit.ts';
import { exitCodeOf, exitCodes } from './program/exit-code.ts';
import { buildProgram } from './program/program.ts';

/** `mar`: argv → command → exit code. Everything a command needs is imported when it runs. */
export async function main(argv: readonly string[]): Promise<void> {
  forgiveClosedReaders();
  let code: number = exitCodes.done;
  const program = buildProgram(commands, async (entry, input) => {
    code = await dispatch(entry, input);
  });
  try {
    if (argv.length === 0) program.help({ error: true });
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has printed its words; help and version that were asked for are no error.
    code =
      error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? exitCodes.done : exitCodes.usage;
    if (error.exitCode === 0) code = exitCodes.done;
  }
  await exitProcess(code);
}

async function dispatch(entry: CommandEntry, input: Input): Promise<number> {
  const { runCommand, wordThrown } = await import('./program/run.ts');
  const { formatNotice } = await import('../ui/error-text.ts');
  const voice = { formatError: wordThrown, formatNotice, exitCodeOf };
  return runCommand(input.values, voice, (terminal) => entry.run(input, terminal));
}
