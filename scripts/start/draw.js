/** A picture in the terminal: grey half blocks, each showing two pixels, or characters from light to dark. */

export const PICTURE_SIDE = 28;

/** `pixels`: PICTURE_SIDE rows of as many grey values, 0 black to 255 white. */
export function drawPicture(pixels, { color, blocks }) {
  const lines = [];
  for (let row = 0; row < PICTURE_SIDE; row += 2) {
    let line = '';
    for (let column = 0; column < PICTURE_SIDE; column++) {
      const above = pixels[row * PICTURE_SIDE + column];
      const below = pixels[(row + 1) * PICTURE_SIDE + column];
      line += color && blocks ? halfBlock(above, below) : shade((above + below) / 2, blocks);
    }
    lines.push(color && blocks ? `${line}\u001b[0m` : line);
  }
  return lines.join('\n');
}

/** The 24 greys of the 256-colour palette, which terminals agree on. */
function halfBlock(above, below) {
  const grey = (value) => 232 + Math.round((value / 255) * 23);
  return `\u001b[38;5;${grey(above)};48;5;${grey(below)}m▀`;
}

function shade(value, blocks) {
  const ramp = blocks ? ' ░▒▓█' : ' .:-=+*#%@';
  return ramp[Math.round((value / 255) * (ramp.length - 1))];
}

/** The grey pixels of an image file, scaled to the picture; undefined where sharp is not installed, or cannot read what the server can (BMP). */
export async function readPicture(file) {
  const sharp = await import('sharp').then(
    (module) => module.default,
    () => undefined,
  );
  if (sharp === undefined) return undefined;
  return sharp(file)
    .flatten({ background: 'black' })
    .resize(PICTURE_SIDE, PICTURE_SIDE, { fit: 'contain', background: 'black' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
    .catch(() => undefined);
}
