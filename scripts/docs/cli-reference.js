/** The tables of flags as Markdown. */

const cell = (text) =>
  text
    .replaceAll('\n', ' ')
    .replaceAll('|', '\\|')
    .replace(/<(?=\w)/g, '\\<');
const written = 'Written by `npm run docs`; change the table of flags in `src/cli`, not this page.';

/** The default is the last thing that a flag's help says. */
function splitDefault(help) {
  const match = /^([\s\S]*?)[,;]?\s*\(default: (.+?)\)(.*)$/s.exec(help);
  return match ? { words: `${match[1]}${match[3]}`, value: match[2] } : { words: help, value: undefined };
}

function flagRow(flag) {
  const names = [...(flag.short ? [`-${flag.short}`] : []), `--${flag.name}`].map((name) => `\`${name}\``).join(', ');
  const { words, value } = splitDefault(flag.help);
  const taken = flag.choices
    ? flag.choices.map((choice) => `\`${choice}\``).join(' ')
    : flag.value
      ? cell(flag.value)
      : '';
  const notes = [flag.required && 'required', flag.many && 'takes several', flag.repeats && 'may be repeated'].filter(
    Boolean,
  );
  const said = notes.length > 0 ? `${words} (${notes.join(', ')})` : words;
  const usual = ['auto', 'default'].find((choice) => flag.choices?.includes(choice));
  const fallback = value ?? usual ?? (flag.required ? '' : flag.value === undefined ? 'off' : '–');
  return `| ${names} | ${taken} | ${cell(fallback)} | ${cell(said)} |`;
}

function flagTable(flags) {
  return ['| flag | value | default | what it does |', '|---|---|---|---|', ...flags.map(flagRow)].join('\n');
}

const toSentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Name, arguments and the flags it cannot do without. */
function usageOf({ name, arguments: words, flags }) {
  const required = flags
    .filter((flag) => flag.required)
    .map((flag) => `${flag.short ? `-${flag.short}` : `--${flag.name}`} ${flag.value}`);
  return ['mar', name, ...words.map(termOf), ...required].join(' ');
}

function termOf({ name, optional, many }) {
  const term = `${name.toUpperCase()}${many ? '…' : ''}`;
  return optional ? `[${term}]` : term;
}

export function formatCommand(entry) {
  const shown = entry.flags.filter(({ hidden }) => !hidden);
  const hidden = entry.flags.filter((flag) => flag.hidden);
  const parts = [
    `# mar ${entry.name}`,
    toSentence(entry.summary),
    `Usage: \`${usageOf(entry)} [FLAGS]\``,
    ...(entry.arguments.length > 0
      ? [
          [
            '| argument | what it is |',
            '|---|---|',
            ...entry.arguments.map(({ name, help }) => `| ${name.toUpperCase()} | ${cell(help)} |`),
          ].join('\n'),
        ]
      : []),
    flagTable(shown),
    'Also the [flags of every command](README.md#flags-of-every-command).',
    ...(hidden.length > 0 ? ['## Flags of TorchServe that are taken and do nothing else', flagTable(hidden)] : []),
    ...(entry.examples.length > 0
      ? [
          '## Examples',
          ...entry.examples.map(({ what, command }) => `${toSentence(what)}\n\n\`\`\`console\n${command}\n\`\`\``),
        ]
      : []),
    written,
  ];
  return `${parts.join('\n\n')}\n`;
}

export function formatDropIn({ name, original, flags }) {
  const ours = flags.filter((flag) => flag.ours);
  const parts = [
    `# ${name}`,
    `The drop-in for ${original}: its flags, short forms, habits and exit codes (0 done, 1 failed, 2 wrong usage). A flag may be cut short while it stays unambiguous, and written \`--flag=value\`; of a repeated flag the last counts.`,
    flagTable(flags.filter((flag) => !flag.ours)),
    `## Flags that ${original} does not have`,
    flagTable(ours),
    'What differs on purpose is in [Migrate from TorchServe](../migrate-from-torchserve.md#what-is-different).',
    written,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The README's list of commands. */
export function formatSummary(commands, dropIns) {
  const rows = [
    ...dropIns.map(({ name, original, notes }) => `| \`${name} …\` | drop-in for \`${original}\`: ${notes} |`),
    ...commands.map((entry) => `| \`${usageOf(entry)}\` | ${cell(entry.summary)} |`),
  ];
  return ['| command | job |', '|---|---|', ...rows].join('\n');
}

export function formatIndex(commands, commonFlags, dropIns) {
  const rows = [
    ...commands.map(({ name, summary }) => `| [mar ${name}](${name}.md) | ${cell(summary)} |`),
    ...dropIns.map(({ name, original }) => `| [${name}](${name}.md) | drop-in for ${original} |`),
  ];
  const parts = [
    '# Commands',
    ['| command | job |', '|---|---|', ...rows].join('\n'),
    'The result goes to stdout, everything else to stderr. `NO_COLOR` and `FORCE_COLOR` are respected.',
    '## Flags of every command',
    'Of `mar`; the drop-ins have those of the programs they stand in for.',
    flagTable(commonFlags),
    '`--help` shows the same tables on a terminal, `mar --version` the version.',
    '## Exit codes',
    [
      '| code | `mar` | drop-ins |',
      '|---|---|---|',
      '| 0 | done | done |',
      '| 1 | the artefact is not good | failed |',
      '| 2 | wrong usage | wrong usage |',
      '| 3 | could not complete | – |',
      '| 130 | stopped by Ctrl-C; nothing partial is left | the same |',
    ].join('\n'),
    written,
  ];
  return `${parts.join('\n\n')}\n`;
}
