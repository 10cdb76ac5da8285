/** How the tour looks: plain text by default, colour and blocks where the terminal shows them. */

const { env, stdout } = process;
const isTerminal = stdout.isTTY === true;

/** As the product decides it (src/cli/program/terminal.ts), which may not be built yet. */
export const color =
  env.FORCE_COLOR === undefined
    ? isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'
    : env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
export const blocks = isTerminal && env.TERM !== 'dumb' && env.TERM !== 'linux';
export const columns = Math.min(stdout.columns || 100, 120);

const paint = (on, off) => (text) => (color ? `\u001b[${on}m${text}\u001b[${off}m` : text);
export const bold = paint(1, 22);
export const dim = paint(2, 22);
export const green = paint(32, 39);
export const cyan = paint(36, 39);

export function say(text = '') {
  stdout.write(`${text}\n`);
}

/** A heading, and why the step is there. */
export function step(title, why) {
  say(`\n${bold(cyan(blocks ? '●' : '*'))} ${bold(title)}  ${dim(why)}\n`);
}

/** A command as the reader could type it; where it is too long for a line it is broken between one flag and the next. */
export function showCommand(words) {
  const lines = [];
  let line = '$';
  for (const chunk of chunksOf(words.map(quote))) {
    if (line.length + chunk.length + 5 <= columns) line += ` ${chunk}`;
    else {
      lines.push(`${line} \\`);
      line = `    ${chunk}`;
    }
  }
  say(
    indent(
      [...lines, line]
        .map((text) => (text.startsWith('$') ? `${dim('$')}${bold(text.slice(1))}` : bold(text)))
        .join('\n'),
    ),
  );
}

/** A flag keeps its value. */
function chunksOf(words) {
  const chunks = [];
  for (const word of words) {
    const last = chunks.at(-1);
    if (last?.startsWith('-') && !last.includes(' ') && !word.startsWith('-'))
      chunks[chunks.length - 1] = `${last} ${word}`;
    else chunks.push(word);
  }
  return chunks;
}

function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function indent(text, by = '  ') {
  return text.replace(/^(?=.)/gm, by);
}

/** Two blocks of text side by side, the lower one centred; one below the other where they do not fit. */
export function beside(left, leftWidth, right, rightWidth) {
  const rows = left.split('\n');
  const notes = right.split('\n');
  if (leftWidth + 3 + rightWidth > columns) return `${left}\n\n${right}`;
  const from = Math.max(0, (rows.length - notes.length) >> 1);
  return rows.map((row, at) => `${row}   ${notes[at - from] ?? ''}`.trimEnd()).join('\n');
}
