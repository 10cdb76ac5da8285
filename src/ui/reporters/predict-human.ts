import type { PredictResult } from '../../commands/predict.ts';
import { formatBars, toShares } from '../bars.ts';
import { formatDuration } from '../size.ts';
import type { Style } from '../style.ts';
import { hangText, showLines, showText } from '../text.ts';

/** The answer: probabilities as bars, JSON indented, text as it is; then model and timing. */
export function formatPrediction(result: PredictResult, style: Style): string {
  const { model, status, ms, matches, difference } = result;
  const isError = status >= 400;
  const foot = `${showText(model.name)} ${showText(model.version)}, loaded in ${formatDuration(ms.load)}, answered in ${formatDuration(ms.predict)}`;
  return `${[
    ...(isError ? [style.bad(`status ${status}`)] : []),
    formatBody(result, style),
    '',
    style.dim(foot),
    ...(matches === true ? [style.good('As expected.')] : []),
    ...(matches === false ? [hangText(style.bad('Not as expected: '), showText(difference ?? ''), style.width)] : []),
  ].join('\n')}\n`;
}

function formatBody({ body }: PredictResult, style: Style): string {
  switch (body.kind) {
    case 'json': {
      const shares = toShares(body.value);
      // JavaScript puts integer-like keys first: sort again.
      if (shares)
        return formatBars(
          [...shares].sort(([, a], [, b]) => b - a),
          style,
        );
      return showLines(JSON.stringify(body.value, null, 2));
    }
    case 'text':
      return showLines(body.value);
    case 'npy': {
      const count = body.shape.reduce((product, size) => product * size, 1);
      const more = count > body.first.length ? `, … (${count} values; all of them with --json)` : '';
      return `${body.dtype}[${body.shape.join(',')}]  ${body.first.join(', ')}${more}`;
    }
    case 'base64':
      return `${Math.floor((body.value.replace(/=+$/, '').length * 3) / 4)} bytes that are not text (base64 with --json)`;
  }
}
