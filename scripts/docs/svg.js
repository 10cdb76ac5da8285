/** Text with the colours of a terminal (SGR codes) as an SVG picture of that terminal. */

const CELL = 8.4;
const LINE = 19;
const MARGIN = 20;
const BAR = 34;
const colors = { text: '#d8dee9', dim: '#8791a5', 31: '#f2777a', 32: '#8fd17f', 33: '#f0c674', 36: '#79c7d9' };
/** Blocks are drawn, not written: fonts disagree about their width. In eighths of a cell. */
const eighths = ' ▏▎▍▌▋▊▉█';

/** Blocks, gaps of two spaces or more (which SVG would close), and the text between them. */
const pieces = /[▏▎▍▌▋▊▉█]+| {2,}|(?:[^▏▎▍▌▋▊▉█ ]| (?! ))+/g;

export function toSvg(text, title) {
  const rows = text.trimEnd().split('\n').map(toRuns);
  const columns = Math.max(...rows.map((runs) => runs.reduce((sum, run) => sum + run.text.length, 0)));
  const width = Math.ceil(columns * CELL + 2 * MARGIN);
  const height = rows.length * LINE + BAR + MARGIN;
  const body = rows.flatMap((runs, row) => drawRow(runs, BAR + LINE * (row + 0.75)));
  const dots = ['#f2777a', '#f0c674', '#8fd17f'].map(
    (fill, at) => `<circle cx="${MARGIN + at * 18}" cy="${BAR / 2}" r="5.5" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="${width}" height="${height}" rx="10" fill="#1b1f27"/>`,
    ...dots,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Pieces of one line that look alike. */
function toRuns(line) {
  const runs = [];
  let style = { color: undefined, bold: false, dim: false };
  for (const [, codes, text] of line.matchAll(/\u001b\[([\d;]*)m|([^\u001b]+)/g)) {
    if (text !== undefined) runs.push({ ...style, text });
    else for (const code of codes.split(';').map(Number)) style = applyCode(style, code);
  }
  return runs;
}

function applyCode(style, code) {
  if (code === 0) return { color: undefined, bold: false, dim: false };
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, color: undefined };
  if (code in colors) return { ...style, color: colors[code] };
  throw new Error(`No colour is known for the terminal code ${code}.`);
}

function drawRow(runs, y) {
  let column = 0;
  return runs.flatMap((run) => {
    const drawn = [...run.text.matchAll(pieces)].map(([piece]) => {
      const x = MARGIN + column * CELL;
      column += piece.length;
      return eighths.includes(piece[0], 1) ? drawBlocks(piece, x, y, run) : drawText(piece, x, y, run);
    });
    return drawn.filter((piece) => piece !== '');
  });
}

const fillOf = ({ color, dim }) => color ?? (dim ? colors.dim : colors.text);

function drawBlocks(piece, x, y, run) {
  const cells = [...piece].reduce((sum, block) => sum + eighths.indexOf(block) / 8, 0);
  return `<rect x="${round(x)}" y="${round(y - 11)}" width="${round(cells * CELL)}" height="12" fill="${fillOf(run)}"/>`;
}

function drawText(piece, x, y, run) {
  const text = piece.trim();
  if (text === '') return '';
  const from = x + piece.indexOf(text[0]) * CELL;
  const weight = run.bold ? ' font-weight="bold"' : '';
  return `<text x="${round(from)}" y="${round(y)}" fill="${fillOf(run)}"${weight} textLength="${round(text.length * CELL)}">${escapeXml(text)}</text>`;
}

const round = (value) => Math.round(value * 100) / 100;
const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
