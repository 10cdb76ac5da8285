import type { ArgparseFlag } from './argparse.ts';

/**
 * The usage block as argparse lays it out: options in order, those not required in brackets, wrapped below the program's
 * name. `columns` is the width of the terminal; argparse keeps two of them free.
 */
export function formatUsage(program: string, flags: readonly ArgparseFlag[], columns: number): string {
  const parts = ['[-h]', ...flags.flatMap(formatPart)];
  const width = Math.max(11, columns - 2);
  const head = `usage: ${program}`;
  const line = [head, ...parts].join(' ');
  if (line.length <= width) return `${line}\n`;
  const hangs = head.length <= 0.75 * width;
  const indent = ' '.repeat(hangs ? head.length + 1 : 'usage: '.length);
  const rows = wrap(parts, indent, width);
  if (!hangs) return `${[head, ...rows].join('\n')}\n`;
  return `${head} ${rows.join('\n').trimStart()}\n`;
}

/** Unbreakable parts: an option in brackets is one, a required option and its value are two. */
function formatPart(flag: ArgparseFlag): string[] {
  const spelt = flag.short === undefined ? `--${flag.name}` : `-${flag.short}`;
  const words = flag.value === undefined ? [spelt] : [spelt, placeholder(flag)];
  return flag.required ? words : [`[${words.join(' ')}]`];
}

function wrap(parts: readonly string[], indent: string, width: number): string[] {
  const rows: string[] = [];
  let row = indent.trimEnd();
  for (const part of parts) {
    const start = row.trim() === '' ? indent : `${row} `;
    if (row.trim() !== '' && start.length + part.length > width) {
      rows.push(row);
      row = indent + part;
    } else row = start + part;
  }
  return [...rows, row];
}

/** `{a,b}` for a choice, else the value's name. */
function placeholder(flag: ArgparseFlag): string {
  return flag.choices ? `{${flag.choices.join(',')}}` : (flag.value ?? '');
}

/** argparse's column of the help texts. */
const HELP_COLUMN = 24;

/** The option and its help text, which starts at column 24, as argparse prints them. */
export function formatOptions(flags: readonly ArgparseFlag[]): string {
  return flags.map(formatOption).join('');
}

function formatOption(flag: ArgparseFlag): string {
  const value = flag.value === undefined ? '' : ` ${placeholder(flag)}`;
  const names = flag.short === undefined ? [`--${flag.name}`] : [`-${flag.short}`, `--${flag.name}`];
  const head = `  ${names.map((name) => name + value).join(', ')}`;
  const [first = '', ...rest] = flag.help.split('\n');
  const indent = ' '.repeat(HELP_COLUMN);
  const start = head.length <= HELP_COLUMN - 2 ? `${head.padEnd(HELP_COLUMN)}${first}` : `${head}\n${indent}${first}`;
  return `${[start, ...rest.map((line) => indent + line)].join('\n')}\n`;
}

/** Usage, description, upstream's options, then ours in a group of their own. */
export function formatHelp(
  tool: { program: string; original: string; description: string; flags: readonly ArgparseFlag[]; epilogue: string },
  columns: number,
): string {
  const theirs = tool.flags.filter((flag) => !flag.ours);
  const ours = tool.flags.filter((flag) => flag.ours);
  const help = { name: 'help', short: 'h', help: 'show this help message and exit' };
  return `${[
    formatUsage(tool.program, tool.flags, columns),
    `${tool.description}\n`,
    `options:\n${formatOptions([help, ...theirs])}`,
    ...(ours.length > 0 ? [`options that ${tool.original} does not have:\n${formatOptions(ours)}`] : []),
    tool.epilogue,
  ].join('\n')}`;
}
