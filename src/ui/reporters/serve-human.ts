import type { ServeHandle } from '../../commands/serve/serve.ts';
import { formatPlural } from '../size.ts';
import type { Style } from '../style.ts';
import { formatTable } from '../table.ts';
import { showText } from '../text.ts';

type Serving = Pick<ServeHandle, 'urls' | 'grpc' | 'curlFlags' | 'models' | 'workflows'>;

/** The one JSON line a script waits for. */
export function toServingResult({ urls, grpc, models, workflows }: Omit<Serving, 'curlFlags'>) {
  return { schemaVersion: 1 as const, urls, ...(grpc === undefined ? {} : { grpc }), models, workflows };
}

/** Served models and addresses, with an example request. */
export function formatServing({ urls, grpc, curlFlags, models, workflows }: Serving, style: Style): string {
  const toUrl = (route: string, name: string) => `${urls.inference}/${route}/${encodeURIComponent(name)}`;
  const served = [
    ...models.map(({ name, version, workers }) => ({
      name,
      about: `version ${showText(version)}`,
      size: formatPlural(workers, 'worker'),
      url: toUrl('predictions', name),
    })),
    ...workflows.map((name) => ({ name, about: 'workflow', size: '', url: toUrl('wfpredict', name) })),
  ];
  const rows = served.map(({ name, about, size, url }) => [
    style.strong(showText(name)),
    about,
    size,
    style.accent(url),
  ]);
  const [first] = served;
  const call = ['curl', ...curlFlags.map(quoteWord), '-T FILE', first?.url].join(' ');
  return [
    rows.length > 0 ? formatTable(rows) : 'No model is loaded.',
    '',
    ...addressLines(urls, style),
    ...(grpc === undefined ? [] : grpcLines(grpc, style)),
    ...(first === undefined ? [] : [`${style.dim('try')}         ${call}`]),
    `${style.dim('stop')}        Ctrl-C`,
    '',
  ].join('\n');
}

/** Quoted for a shell. */
function quoteWord(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function addressLines({ inference, management, metrics }: Serving['urls'], style: Style): string[] {
  if (inference === management && inference === metrics) return [`${style.dim('server')}      ${inference}`];
  return [
    `${style.dim('inference')}   ${inference}`,
    `${style.dim('management')}  ${management}`,
    `${style.dim('metrics')}     ${metrics}`,
  ];
}

function grpcLines({ inference, management }: NonNullable<Serving['grpc']>, style: Style): string[] {
  const where = inference === management ? inference : `${inference}, management ${management}`;
  return [`${style.dim('gRPC')}        ${where}`];
}
