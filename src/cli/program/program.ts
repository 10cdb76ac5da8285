import { Command, Option } from 'commander';
import { packageVersion } from '../../core/package-info.ts';
import { showLines } from '../../ui/text.ts';
import type { CommandEntry, Input } from './command.ts';
import { type Argument, commonFlags, type Flag, type RawValues } from './flags.ts';

export type Dispatch = (entry: CommandEntry, input: Input) => Promise<void>;

/** Builds commander's program from the tables of commands; flags are declared for those that argv names, which is most of the work. */
export function buildProgram(entries: readonly CommandEntry[], argv: readonly string[], dispatch: Dispatch): Command {
  const program = new Command('mar')
    .description('Inspect, validate, pack, unpack and serve model archives (.mar), without Python or Java.')
    .usage('COMMAND [ARGUMENT…] [FLAGS]')
    .version(packageVersion(), '-V, --version', 'print the version of mar')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    // Flags after the command belong to it: `mar pack --version 1.0` is the model's version.
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', generalHelp);
  configure(program, 'mar');
  for (const entry of entries) program.addCommand(buildCommand(entry, argv.includes(entry.name), dispatch));
  return program;
}

const generalHelp = `
Scripts for torch-model-archiver work with ts-model-archiver, which has the same flags.
Results go to stdout, everything else to stderr. NO_COLOR and FORCE_COLOR are respected.
Exit codes: 0 done, 1 the archive has errors, 2 wrong usage, 3 could not complete.`;

function configure(command: Command, called: string): void {
  command
    .showHelpAfterError(`Run "${called} --help" for usage.`)
    .configureHelp({ subcommandTerm: (sub) => sub.name() })
    .configureOutput({ outputError: (text, write) => write(showLines(text.replace(/^error: /, 'mar: '))) });
}

function buildCommand(entry: CommandEntry, isNamed: boolean, dispatch: Dispatch): Command {
  const command = new Command(entry.name)
    .summary(entry.summary)
    .description(toSentence(entry.summary))
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .addHelpText('after', formatExamples(entry));
  configure(command, `mar ${entry.name}`);
  for (const argument of entry.arguments) command.argument(argumentTerm(argument), argument.help);
  if (isNamed) declareFlags(command, [...entry.flags, ...commonFlags]);
  return command.action(() => dispatch(entry, { words: command.args, values: command.opts<RawValues>() }));
}

function declareFlags(command: Command, flags: readonly Flag[]): void {
  for (const flag of flags) {
    const option = new Option(optionTerm(flag), flag.help);
    if (flag.choices) option.choices(flag.choices);
    if (flag.hidden) option.hideHelp();
    if (flag.required) option.makeOptionMandatory();
    if (flag.repeats) option.argParser((word, before: readonly string[] = []) => [...before, word]);
    command.addOption(option);
  }
}

function optionTerm({ name, short, value, many }: Flag): string {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? names : `${names} <${value}${many ? '...' : ''}>`;
}

function argumentTerm({ name, optional, many }: Argument): string {
  const term = many ? `${name}...` : name;
  return optional ? `[${term}]` : `<${term}>`;
}

function toSentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function formatExamples({ examples }: CommandEntry): string {
  return ['', 'Examples:', ...examples.flatMap(({ command, what }) => [`  # ${what}`, `  ${command}`]), ''].join('\n');
}
