import type { ServeHandle } from '../../commands/serve.ts';
import { formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { formatTable } from '../table.ts';
import { showText } from '../text.ts';

type Serving = Pick<ServeHandle, 'urls' | 'models'>;

/** The one JSON line a script waits for. */
export function toServingResult({ urls, models }: Serving) {
  return { schemaVersion: 1 as const, urls, models };
}

/** What is served and where, with a line to type next. */
export function formatServing({ urls, models }: Serving, style: Style): string {
  const rows = models.map(({ name, version, workers }) => [
    style.strong(showText(name)),
    `version ${showText(version)}`,
    formatPlural(workers, 'worker'),
    style.accent(`${urls.inference}/predictions/${encodeURIComponent(name)}`),
  ]);
  const [first] = models;
  const call = `curl -T FILE ${urls.inference}/predictions/${encodeURIComponent(first?.name ?? 'NAME')}`;
  return [
    rows.length > 0 ? formatTable(rows) : 'No model is loaded.',
    '',
    ...addressLines(urls, style),
    ...(first === undefined ? [] : [`${style.dim('try')}         ${call}`]),
    `${style.dim('stop')}        Ctrl-C`,
    '',
  ].join('\n');
}

function addressLines({ inference, management, metrics }: Serving['urls'], style: Style): string[] {
  if (inference === management && inference === metrics) return [`${style.dim('server')}      ${inference}`];
  return [
    `${style.dim('inference')}   ${inference}`,
    `${style.dim('management')}  ${management}`,
    `${style.dim('metrics')}     ${metrics}`,
  ];
}
